"""Gaëlle of the platform's staff, with a session that showed a second factor, a visit under way and one that waits."""

import asyncpg

from palier.foundation.identifiers import fingerprint, new_id

GAELLE = "gaelle.legoff@palier.example"
SESSION = "gaelle-at-work"
"""The secret of her session's cookie."""


async def plant_staff(owner: asyncpg.Connection) -> None:
    """Her account, post, session and visits; a job and a letter that failed; second factors that are about to go."""
    gaelle = new_id()
    await owner.execute(
        "insert into person (id, email, name, password_hash, locale, theme, time_zone, shortcuts, email_confirmed_at, created_at) "
        "select $1, $2, 'Gaëlle Le Goff', '', locale, theme, time_zone, shortcuts, now(), now() from person limit 1",
        gaelle, GAELLE,
    )  # fmt: skip
    await owner.execute(
        "insert into platform_staff (id, person_id, since, granted_by, note, removed_by) values ($1, $2, now(), 'root', '', '')",
        new_id(), gaelle,
    )  # fmt: skip
    await owner.execute(
        "insert into session (id, person_id, fingerprint, user_agent, method, created_at, seen_at, expires_at, proved_at, second_factor_at) "
        "values ($1, $2, $3, 'test', 'passkey', now(), now(), now() + interval '1 day', now(), now())",
        new_id(), gaelle, fingerprint(SESSION),
    )  # fmt: skip
    client = (
        "(select o.slug from mandate m join organisation o on o.id = m.organisation_id order by m.id limit 1)"
    )
    for slug, opened in ((client, True), ("'transports-du-val'", False)):
        await owner.execute(
            "insert into visit (id, organisation_id, person_id, person_name, reason, ticket, approval, asked_at, decided_name, ended_name, "
            "opened_at, ends_at) select $1, o.id, $2, 'Gaëlle Le Goff', 'Le document de la campagne ne se fait pas', '4711', not $3, now(), "
            "'', '', case when $3 then now() end, case when $3 then now() + interval '60 minutes' end "
            f"from organisation o where o.slug = {slug}",
            new_id(), gaelle, opened,
        )  # fmt: skip
    await owner.execute(
        "insert into procrastinate_jobs (queue_name, task_name, args, status, attempts) "
        "values ('default', 'reports.make', '{\"report\": \"x\"}', 'failed', 3);"
        "insert into job_failure (job, task, error, place) select id, task_name, 'PdfTooLong', 'reports/press.py:88' "
        "from procrastinate_jobs where status = 'failed';"
        "insert into mail (id, kind, recipient, locale, subject, text, html, sender, refuse, created_at, attempts, failure) values "
        "(gen_random_uuid(), 'invitation', 'paul@example.org', 'fr', 'x', 'x', '', '', '', now(), 8, 'SMTPRecipientsRefused 550')"
    )
    await owner.execute(
        "insert into factor_removal (id, person_id, asked_by, asked_name, reason, fingerprint, asked_at, due_at) "
        "select $1, p.id, $2, 'Gaëlle Le Goff', 'Téléphone perdu', $3, now(), now() + interval '1 day' from person p where p.email like 'hugo%'",
        new_id(), gaelle, fingerprint("keep-me"),
    )  # fmt: skip
