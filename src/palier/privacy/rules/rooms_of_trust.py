"""The tables of second factors, identity providers, the platform's staff, anchors, units and territories (`inventory`)."""

from palier.privacy.rules.inventory import Owner, held

PERSON, ORGANISATION, PLATFORM = Owner.PERSON, Owner.ORGANISATION, Owner.PLATFORM

TABLES = (
    held(
        "affiliation_letter", ORGANISATION, "structures",
        people="asked_by", names="asked_name:asked_by", mails="email", secrets="fingerprint",
        plain="kind organisation_name place purpose territory_name asked_at accepted_at expires_at withdrawn_at",
        technical="id organisation_id territory_id",
    ),
    held("audit_anchor", PLATFORM, "trail", plain="at chains entries", technical="day hash previous public_key root signature"),
    held("audit_anchor_leaf", PLATFORM, "trail", technical="chain day hash seq"),
    held("audit_check", PLATFORM, "trail", plain="at chains entries faults told"),
    held(
        "authenticator_app", PERSON, "security", drop="person_id",
        people="person_id", about="confirmed_at created_at used_at", secrets="secret", technical="id last_step",
    ),
    held(
        "factor_removal", PERSON, "security", drop="person_id",
        people="person_id asked_by", names="asked_name:asked_by", texts="reason", secrets="fingerprint",
        about="asked_at done_at due_at stopped_at", technical="id",
    ),
    held(
        "hand_over", ORGANISATION, "members",
        people="decided_by proposer_id receiver_id", mails="email", texts="note", plain="decided_at proposed_at state",
        technical="id mandate_id new_mandate_id organisation_id",
    ),
    held(
        "identity_provider", ORGANISATION, "sign_on",
        secrets="client_secret",
        plain="created_at door issuer name newcomer_role organisation_name preset second_factor state tested_at",
        technical="id client_id organisation_id slug",
    ),
    held("job_failure", PLATFORM, "technical", texts="error", plain="at place task", technical="id job organisation"),
    held(
        "known_browser", PERSON, "security", drop="person_id",
        people="person_id", about="created_at seen_at user_agent", secrets="fingerprint", technical="id",
    ),
    held(
        "mandate_reminder", ORGANISATION, "members", drop="email",
        mails="email", plain="days ends_on sent_at", technical="id mandate_id organisation_id",
    ),
    held(
        "passkey", PERSON, "security", drop="person_id",
        people="person_id", about="created_at used_at name", secrets="credential_id", bytes_="public_key",
        technical="id sign_count",
    ),
    held(
        "pending_proof", PERSON, "security", drop="person_id",
        people="person_id", about="expires_at method purpose", secrets="fingerprint", bytes_="challenge", technical="id",
    ),
    held(
        "platform_staff", PLATFORM, "platform", drop="person_id",
        people="person_id", names="granted_by removed_by", texts="note", plain="removed_at since", technical="id",
    ),
    held(
        "provider_identity", ORGANISATION, "sign_on", drop="person_id",
        people="person_id", about="created_at issuer subject", technical="id organisation_id",
    ),
    held(
        "provider_session", ORGANISATION, "sign_on", drop="person_id",
        people="person_id", about="created_at", secrets="id_token", technical="id organisation_id session_id",
    ),
    held(
        "recovery_code", PERSON, "security", drop="person_id",
        people="person_id", about="created_at used_at", secrets="fingerprint", technical="id",
    ),
    held(
        "shared_indicator", ORGANISATION, "structures",
        names="shared_name", texts="heading", plain="shared_at", technical="id action_id organisation_id territory_id",
    ),
    held(
        "sign_on_attempt", ORGANISATION, "sign_on", drop="person_id",
        people="person_id", texts="claims", about="expires_at next purpose", secrets="fingerprint nonce verifier",
        technical="id organisation_id slug",
    ),
    held(
        "sign_on_domain", ORGANISATION, "sign_on",
        secrets="code token", plain="code_until created_at domain door proof proved_at proved_until",
        technical="id organisation_id",
    ),
    held(
        "spare_key", ORGANISATION, "sign_on", drop="person_id",
        people="person_id", about="created_at", technical="id organisation_id",
    ),
    held(
        "spare_key_use", ORGANISATION, "sign_on",
        people="person_id", plain="at", technical="id organisation_id session_id",
    ),
    held("staff_presence", PLATFORM, "platform", plain="seen_at", technical="session_id"),
    held("territory", PLATFORM, "structures", people="created_by", plain="created_at kind name questionnaire", technical="id"),
    held(
        "territory_member", ORGANISATION, "structures",
        people="signed_by", names="signed_name left_name",
        plain="consent_version consented_at left_at locale scores_known_since shows_elements shows_total",
        technical="id organisation_id territory_id wording_hash",
    ),
    held(
        "unit", ORGANISATION, "structures",
        names="joined_name left_name", plain="answers_open joined_at kind left_at made_here place weight",
        technical="id organisation_id parent_id",
    ),
    held(
        "visit", ORGANISATION, "platform",
        people="person_id", names="person_name:person_id decided_name ended_name", texts="reason ticket",
        plain="approval asked_at decided_at ended_at ends_at opened_at refused_at", technical="id organisation_id",
    ),
    held(
        "visit_choice", ORGANISATION, "platform",
        people="changed_by", plain="approval changed_at", technical="id organisation_id",
    ),
)  # fmt: skip
