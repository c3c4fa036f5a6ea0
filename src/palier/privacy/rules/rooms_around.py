"""The tables of accounts, organisations, networks, benchmarks and documents, and the technical ones (`inventory`)."""

from palier.privacy.rules.inventory import Closing, Owner, held

PERSON, ORGANISATION, NETWORK, PLATFORM = Owner.PERSON, Owner.ORGANISATION, Owner.NETWORK, Owner.PLATFORM

TABLES = (
    held(
        "audit_entry", PLATFORM, "trail", closing=Closing.HASHES,
        people="person_id", texts="details", sealed="subject", secrets="salt", plain="at role verb",
        technical="id chain seq mandate_id details_hash previous_hash hash",
    ),
    held(
        "audit_head", PLATFORM, "trail", closing=Closing.HASHES,
        technical="chain seq hash",
    ),
    held(
        "batch_cell", NETWORK, "benchmark",
        plain="batch cells", technical="id network_id campaign_id",
    ),
    held(
        "batch_member", NETWORK, "benchmark", closing=Closing.SEALED,
        plain="batch legal_group attributes sector family",
        technical="id network_id organisation_id edition_id",
    ),
    held(
        "bulletin", NETWORK, "network",
        bytes_="document", plain="locale state asked_at made_at", technical="id edition_id network_id",
    ),
    held(
        "campaign", NETWORK, "benchmark",
        plain="questionnaire major opens_on closes_on version name", technical="id network_id",
    ),
    held(
        "campaign_plan", NETWORK, "network",
        texts="messages", plain="questionnaire major opens_on closes_on launched_at reminders name",
        technical="id network_id",
    ),
    held(
        "comment_report", ORGANISATION, "practices",
        people="person_id", texts="reason", plain="at settled_at",
        technical="id network_id comment_id organisation_id",
    ),
    held(
        "consent", ORGANISATION, "benchmark",
        people="said_by", names="said_name", plain="given in_time version locale said_at",
        technical="id organisation_id network_id campaign_id wording_hash assessment_id",
    ),
    held(
        "consultant_firm", PERSON, "documents", drop="person_id",
        people="person_id", texts="name", bytes_="logo", plain="accent logo_media_type", technical="id",
    ),
    held(
        "contribution", ORGANISATION, "benchmark", closing=Closing.SEALED,
        plain="attributes scores given_at", technical="id network_id organisation_id assessment_id campaign_id",
    ),
    held(
        "correction", ORGANISATION, "benchmark",
        people="said_by", names="said_name", texts="reason", plain="said_at",
        technical="id network_id organisation_id assessment_id campaign_id",
    ),
    held(
        "directory_listing", ORGANISATION, "network",
        names="contact", plain="sector size country listed_at name", technical="id network_id organisation_id",
    ),
    held(
        "draft_row", NETWORK, "benchmark",
        plain="cohort variable n_band p10 q1 median q3 p90 batches", technical="id network_id draft_id",
    ),
    held(
        "draft_seat", NETWORK, "benchmark", closing=Closing.SEALED,
        plain="batch legal_group attributes", technical="id network_id organisation_id draft_id",
    ),
    held(
        "edition", NETWORK, "benchmark",
        people="published_by", texts="reason", plain="questionnaire major k priority published_on name",
        technical="id hash previous_id campaign_id network_id corrects_id",
    ),
    held(
        "edition_draft", NETWORK, "benchmark",
        people="asked_by", plain="k priority checks sealed_at set_aside_at variables",
        technical="id network_id hash campaign_id",
    ),
    held(
        "heartbeat", PLATFORM, "technical",
        plain="at", technical="name",
    ),
    held(
        "invitation", ORGANISATION, "members", drop="email",
        people="invited_by_id accepted_by", mails="email", secrets="fingerprint",
        plain="role created_at expires_at accepted_at withdrawn_at", technical="id organisation_id",
    ),
    held(
        "issued_file", ORGANISATION, "documents",
        texts="issuer", secrets="fingerprint", plain="kind issued_at",
        technical="id sha256 network_id organisation_id assessment_id",
    ),
    held(
        "letter_choice", PERSON, "letters", drop="email",
        mails="email", secrets="fingerprint", plain="topic refused_at", technical="id",
    ),
    held(
        "link_opening", ORGANISATION, "documents",
        plain="at", technical="id organisation_id link_id",
    ),
    held(
        "mail", PLATFORM, "letters", drop="recipient",
        mails="recipient", texts="subject text html failure sender", secrets="refuse",
        plain="kind locale created_at sent_at", technical="id attempts",
    ),
    held(
        "mailed_link", PERSON, "accounts", drop="person_id",
        about="asker", people="person_id", secrets="fingerprint", plain="purpose created_at expires_at used_at", technical="id",
    ),
    held(
        "mandate", ORGANISATION, "members",
        people="consultant_id granted_by_id", plain="dated_at ending created_at ends_on revoked_at",
        technical="id organisation_id",
    ),
    held(
        "member_import", NETWORK, "network",
        texts="file_name", bytes_="content", plain="uploaded_at applied_at created updated",
        technical="id network_id",
    ),
    held(
        "membership", ORGANISATION, "members", drop="person_id",
        people="person_id", plain="role created_at", technical="id organisation_id",
    ),
    held(
        "network", NETWORK, "network",
        plain="k fictive created_at name", technical="id slug",
    ),
    held(
        "network_door", NETWORK, "network",
        secrets="code fingerprint", plain="made_at", technical="id",
    ),
    held(
        "network_lever", NETWORK, "practices",
        names="written_name", texts="content", plain="questionnaire state written_at",
        technical="id revision network_id",
    ),
    held(
        "network_look", NETWORK, "network",
        bytes_="logo", plain="accent logo_media_type name", technical="id",
    ),
    held(
        "network_manager", NETWORK, "network", drop="person_id",
        people="person_id", technical="id network_id",
    ),
    held(
        "network_member", NETWORK, "network",
        names="verified_name", plain="joined_on verified_at left_on", technical="id network_id organisation_id",
    ),
    held(
        "operation", PERSON, "technical", drop="person_id",
        people="person_id", plain="at location", technical="id",
    ),
    held(
        "organisation", ORGANISATION, "members",
        plain="family sector size country legal_kind legal_group registration people_word accent sandbox_until created_at name",
        technical="id slug logo_file_id",
    ),
    held(
        "participation", ORGANISATION, "benchmark",
        plain="started_at submitted_at", technical="id network_id organisation_id campaign_id",
    ),
    held(
        "person", PERSON, "accounts",
        names="name", mails="email", about="email_confirmed_at locale theme time_zone shortcuts created_at",
        secrets="password_hash", technical="id",
    ),
    held(
        "practice", ORGANISATION, "practices",
        people="created_by", plain="shared_version created_at", technical="id network_id organisation_id",
    ),
    held(
        "practice_comment", ORGANISATION, "practices",
        people="person_id", names="person_name:person_id", texts="text hidden_reason",
        plain="organisation_name at hidden_at", technical="id practice_id network_id organisation_id",
    ),
    held(
        "practice_version", ORGANISATION, "practices",
        people="written_by proposed_by", names="written_name:written_by decided_name",
        texts="title content reason", plain="number state locale written_at proposed_at decided_at",
        technical="id organisation_id network_id revision practice_id",
    ),
    held(
        "procrastinate_events", PLATFORM, "technical",
        plain="type at", technical="id job_id",
    ),
    held(
        "procrastinate_jobs", PLATFORM, "technical",
        texts="args lock queueing_lock",
        plain="queue_name task_name priority status scheduled_at abort_requested",
        technical="id attempts worker_id",
    ),
    held(
        "procrastinate_periodic_defers", PLATFORM, "technical",
        plain="task_name defer_timestamp", technical="id job_id periodic_id",
    ),
    held(
        "procrastinate_workers", PLATFORM, "technical",
        plain="last_heartbeat", technical="id",
    ),
    held(
        "register_entry", NETWORK, "network", closing=Closing.NETWORKS,
        names="contact confirmed_name", mails="email", secrets="fingerprint",
        plain="registration family sector size country legal_kind legal_group confirmed_at invited_at name",
        technical="id key network_id organisation_id",
    ),
    held(
        "release_row", NETWORK, "benchmark",
        plain="cohort variable n_band p10 q1 median q3 p90 batches", technical="id network_id edition_id",
    ),
    held(
        "release_text", NETWORK, "benchmark",
        plain="cohort batches lines", technical="id network_id edition_id",
    ),
    held(
        "report", ORGANISATION, "documents",
        people="created_by tell", names="created_name:created_by", texts="title content failure",
        plain="kind locale state pages created_at finished_at",
        technical="id assessment_id plan_id content_key attempts file_id organisation_id",
    ),
    held(
        "report_preset", ORGANISATION, "documents", drop="person_id",
        people="person_id", names="changed_name", texts="name answers", plain="changed_at",
        technical="id organisation_id",
    ),
    held(
        "sent_notice", NETWORK, "network",
        plain="kind due_on by_hand sent_at", technical="id network_id campaign_id organisation_id",
    ),
    held(
        "session", PERSON, "security", drop="person_id",
        people="person_id",
        about="user_agent created_at seen_at expires_at method provider_id proved_at second_factor_at",
        secrets="fingerprint", technical="id",
    ),
    held(
        "shared_link", ORGANISATION, "documents",
        people="created_by", names="created_name:created_by recipient", texts="watermark failure",
        secrets="fingerprint password_hash", plain="organisation_name created_at expires_at revoked_at",
        technical="id organisation_id file_id attempts mandate_id report_id",
    ),
    held(
        "shared_practice", NETWORK, "practices",
        texts="title content",
        plain="version locale topics organisation_name family sector size measured adopters first_published_at published_at words",
        technical="id network_id",
    ),
    held(
        "sign_in_attempt", PERSON, "security",
        secrets="key", plain="at", technical="id",
    ),
    held(
        "tortoise_migrations", PLATFORM, "technical",
        plain="app applied_at", technical="name id",
    ),
    held("worker_tally", PLATFORM, "technical", plain="value", technical="key"),
    held(
        "erasure", PLATFORM, "privacy", closing=Closing.HASHES,
        people="person_id", plain="asked_at due_at stopped_at done_at counts", secrets="fingerprint",
        technical="id organisation_id",
    ),
    held(
        "parcel", PERSON, "privacy", drop="person_id",
        people="person_id", plain="locale state done asked_at made_at expires_at size failure",
        technical="id organisation_id sha256",
    ),
    held("retention", ORGANISATION, "privacy", plain="days changed_at", technical="organisation_id"),
)  # fmt: skip
