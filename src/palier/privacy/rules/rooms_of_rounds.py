"""The tables of rounds, answers, plans and conversations (`inventory`)."""

from palier.privacy.rules.inventory import Owner, held

PERSON, ORGANISATION, PLATFORM = Owner.PERSON, Owner.ORGANISATION, Owner.PLATFORM

TABLES = (
    held(
        "action", ORGANISATION, "actions",
        people="owner_id created_by sponsor_id", names="owner_name:owner_id sponsor:sponsor_id",
        mails="sponsor_email", texts="title finding kpi_name blocked_reason cause evidence kpi_source",
        plain="lever serves status progress starts_on due_on done_at effort months kpi_unit kpi_direction kpi_baseline kpi_target expected_gain priority created_at blocked channels cost currency impact next_review_on review_every_months stage",
        technical="id organisation_id revision plan_id practice_id",
    ),
    held(
        "action_dependency", ORGANISATION, "actions",
        technical="id organisation_id action_id requires_id",
    ),
    held(
        "action_plan", ORGANISATION, "actions",
        people="created_by", texts="title", plain="strategic_weights targets created_at capacity",
        technical="id slug assessment_id organisation_id",
    ),
    held(
        "action_review", ORGANISATION, "actions",
        people="person_id", texts="words", plain="on stage", technical="id organisation_id action_id",
    ),
    held(
        "agreement", ORGANISATION, "rounds",
        people="agreed_by", names="agreed_name:agreed_by", texts="reason dissent voices",
        plain="code in_one_go agreed_at", technical="id organisation_id revision assessment_id",
    ),
    held(
        "answer", ORGANISATION, "rounds",
        people="updated_by", names="updated_name:updated_by",
        texts="reason rationale evidence evidence_link value",
        plain="code state level evidence_grade to_review updated_at",
        technical="id organisation_id revision assessment_id",
    ),
    held(
        "answer_event", ORGANISATION, "rounds",
        people="person_id", names="person_name:person_id", texts="before after source", plain="code at",
        technical="op organisation_id revision assessment_id",
    ),
    held(
        "asked_link", ORGANISATION, "team",
        people="asked_by", names="guest asked_name:asked_by decided_name", texts="note", secrets="fingerprint",
        plain="organisation_name round_name questionnaire version alone mailed asked_at expires_at closes_at revoked_at decision decided_revision decided_at code",
        technical="id organisation_id definition_hash mandate_id assessment_id",
    ),
    held(
        "asked_opinion", ORGANISATION, "team",
        texts="value reason rationale", plain="opened_at state level given_at",
        technical="id organisation_id revision link_id",
    ),
    held(
        "assessment", ORGANISATION, "rounds",
        people="created_by submitted_by", names="submitted_name reopened_name given_up_name",
        texts="name reopened_reason",
        plain="questionnaire version opens_on closes_on state created_at submitted_at receipt benchmark_consent result audit_head scope answers_opened_at mode names_shown submission given_up_at",
        technical="id slug definition_hash result_hash engine_version campaign_id organisation_id supersedes_id origin_id",
    ),
    held(
        "assignment", ORGANISATION, "team", drop="person_id",
        people="person_id", plain="code assigned_at", technical="id organisation_id assessment_id",
    ),
    held(
        "brought_file", ORGANISATION, "rounds",
        people="brought_by", texts="name outcome", bytes_="content", plain="brought_at applied_at subject",
        technical="id sha256 organisation_id",
    ),
    held(
        "calendar_feed", PERSON, "actions", drop="person_id",
        people="person_id", secrets="fingerprint", plain="created_at", technical="id",
    ),
    held(
        "checklist_item", ORGANISATION, "actions",
        people="done_by", texts="text", plain="position done_at", technical="id organisation_id action_id",
    ),
    held(
        "discussed_criterion", ORGANISATION, "rounds",
        plain="code", technical="id organisation_id assessment_id",
    ),
    held(
        "dismissal", ORGANISATION, "actions",
        people="person_id", texts="reason", plain="lever at",
        technical="id organisation_id plan_id assessment_id",
    ),
    held(
        "evidence", ORGANISATION, "rounds",
        people="added_by", names="added_name:added_by", texts="title link file_name note",
        plain="scanned valid_until brought_to added_at", technical="id organisation_id file_id",
    ),
    held(
        "evidence_use", ORGANISATION, "rounds",
        people="respondent_id", names="person_name", plain="code at",
        technical="id organisation_id assessment_id evidence_id",
    ),
    held(
        "expected_respondent", ORGANISATION, "team", drop="email",
        mails="email", texts="voice", plain="due_on codes asked_at",
        technical="id organisation_id assessment_id",
    ),
    held(
        "kpi_reading", ORGANISATION, "actions",
        people="person_id", plain="on value", technical="id organisation_id action_id",
    ),
    held(
        "mirror", ORGANISATION, "mirrors",
        people="created_by", names="created_name:created_by",
        plain="organisation_name people_word scale opens_on closes_on closed_at created_at themes",
        technical="id organisation_id assessment_id",
    ),
    held(
        "mirror_answer", ORGANISATION, "mirrors",
        plain="given", technical="id link_id",
    ),
    held(
        "mirror_batch", ORGANISATION, "mirrors",
        plain="number sums", technical="id link_id",
    ),
    held(
        "mirror_given", ORGANISATION, "mirrors",
        technical="id link_id",
    ),
    held(
        "mirror_link", ORGANISATION, "mirrors",
        secrets="code fingerprint", plain="audience", technical="id organisation_id mirror_id",
    ),
    held(
        "own_questionnaire", ORGANISATION, "rounds",
        people="uploaded_by", names="uploaded_name:uploaded_by published_name", texts="file_name",
        sealed="title content", bytes_="upload",
        plain="code version state uploaded_at published_at withdrawn_at",
        technical="id hash network_id organisation_id",
    ),
    held(
        "plan_assessment", ORGANISATION, "actions",
        people="added_by", plain="added_at", technical="id organisation_id assessment_id plan_id",
    ),
    held(
        "practice_adoption", ORGANISATION, "actions",
        plain="adopted_at ended_at", technical="id practice_id action_id organisation_id",
    ),
    held(
        "presence", ORGANISATION, "rounds", drop="person_id",
        people="person_id", names="person_name:person_id", plain="code doing at",
        technical="assessment_id organisation_id",
    ),
    held(
        "reminder_plan", ORGANISATION, "team",
        plain="rhythm days", technical="id organisation_id assessment_id",
    ),
    held(
        "respondent", ORGANISATION, "team",
        people="person_id", texts="voice", plain="due_on asked_at",
        technical="id organisation_id assessment_id",
    ),
    held(
        "response", ORGANISATION, "team",
        people="person_id updated_by", names="updated_name:updated_by",
        texts="value reason rationale evidence evidence_link",
        plain="code state level evidence_grade to_review updated_at",
        technical="id organisation_id revision assessment_id",
    ),
    held(
        "response_event", ORGANISATION, "team",
        people="person_id", names="person_name:person_id", texts="before after source", plain="code at",
        technical="op organisation_id revision assessment_id",
    ),
    held(
        "response_given", ORGANISATION, "team",
        people="person_id", names="person_name:person_id", plain="code standing at",
        technical="id organisation_id assessment_id",
    ),
    held(
        "round_reminder", ORGANISATION, "team", drop="person_id",
        people="person_id asked_by", plain="occasion asked_at settled_at",
        technical="id organisation_id assessment_id",
    ),
    held(
        "section_mark", ORGANISATION, "rounds",
        people="person_id", names="person_name:person_id", plain="section finished at",
        technical="assessment_id organisation_id",
    ),
    held(
        "sent_reminder", ORGANISATION, "actions", drop="person_id",
        people="person_id", mails="email", secrets="fingerprint", plain="kind due_on sent_at",
        technical="id organisation_id action_id",
    ),
    held(
        "stored_file", ORGANISATION, "rounds",
        people="created_by", texts="name", plain="media_type size created_at",
        technical="id organisation_id key sha256",
    ),
    held(
        "topic_comment", ORGANISATION, "talk",
        people="person_id", names="person_name:person_id", texts="text called", plain="topic at edited_at",
        technical="id organisation_id topic_id revision",
    ),
    held(
        "topic_file", ORGANISATION, "talk",
        names="person_name", plain="topic scanned at", technical="id organisation_id topic_id file_id",
    ),
    held(
        "used_definition", PLATFORM, "rounds",
        sealed="content", plain="questionnaire version first_used_at", technical="hash",
    ),
)  # fmt: skip
