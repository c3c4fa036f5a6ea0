"""The same house three times as busy: every row of what pages list, twice more, as a copy that says so.

Written past triggers and row-level security, by the database's administrator: only pages that read are asked afterwards.
"""

import asyncpg

COPIES = 2

COPIED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "person": (("id",), ("email",)),
    "organisation": (("id",), ("slug", "name")),
    "membership": (("id", "person_id"), ()),
    "network_manager": (("id", "person_id"), ()),
    "network_member": (("id", "organisation_id"), ()),
    "unit": (("id", "organisation_id"), ()),
    "assessment": (("id", "supersedes_id"), ("slug", "name")),
    "consent": (("id", "assessment_id"), ()),
    "action_plan": (("id",), ("slug", "title")),
    "action": (("id",), ("title",)),
    "checklist_item": (("id",), ()),
    "kpi_reading": (("id",), ()),
    "action_dependency": (("id", "action_id"), ()),
    "dismissal": (("id",), ()),
    "agreement": (("id",), ()),
    "topic_comment": (("id",), ()),
    "asked_link": (("id",), ("fingerprint",)),
    "asked_opinion": (("id", "link_id"), ()),
    "respondent": (("id", "person_id"), ()),
    "evidence_use": (("id",), ("code",)),
    "network_lever": (("id",), ()),
    "practice": (("id",), ()),
    "practice_version": (("id", "practice_id"), ()),
    "shared_practice": (("id",), ()),
    "practice_adoption": (("id", "practice_id"), ()),
    "practice_comment": (("id",), ()),
    "campaign": (("id",), ("name",)),
    "report": (("id",), ("title",)),
    "report_preset": (("id",), ("name",)),
    "shared_link": (("id",), ("fingerprint",)),
    "issued_file": (("id",), ("fingerprint",)),
    "invitation": (("id",), ("fingerprint",)),
    "mandate": (("id",), ()),
    "own_questionnaire": (("id",), ("code",)),
    "invoice": (("id",), ("number", "stripe_invoice")),
    "entitlement": (("id",), ("source_ref",)),
    "offer_agreement": (("id",), ()),
    "sponsorship": (("id", "organisation_id"), ()),
    "mail": (("id",), ()),
    "job_failure": (("id",), ()),
    "known_browser": (("id",), ("fingerprint",)),
    "session": (("id",), ("fingerprint",)),
    "register_entry": (("id", "organisation_id"), ("fingerprint", "key")),
    "directory_listing": (("id", "organisation_id"), ()),
    "member_import": (("id",), ()),
    "visit": (("id",), ()),
    "territory": (("id",), ("name",)),
    "territory_member": (("id", "territory_id"), ()),
}
"""What a copy has of its own: ids (of itself, and of what is copied with it), and words that must not be said twice."""


async def multiply(owner: asyncpg.Connection) -> None:
    """Write the copies."""
    async with owner.transaction():
        await owner.execute("set local session_replication_role = replica")
        for table, (ids, words) in COPIED.items():
            columns = await owner.fetch(
                "select column_name, character_maximum_length as most from information_schema.columns "
                "where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' and is_identity = 'NO' "
                "and not (column_name = 'id' and data_type = 'bigint')",
                table,
            )
            read = [_copy(column["column_name"], column["most"], ids, words) for column in columns]
            names = ", ".join(f'"{column["column_name"]}"' for column in columns)
            await owner.execute(
                f'insert into "{table}" ({names}) select {", ".join(read)} '
                f'from "{table}" t cross join generate_series(1, {COPIES}) as copy(n)'
            )
        await owner.execute("analyze")


def _copy(column: str, most: int | None, ids: tuple[str, ...], words: tuple[str, ...]) -> str:
    if column in ids:
        return f'md5(t."{column}"::text || copy.n)::uuid'
    if column in words:
        kept = f'left(t."{column}", {most - 2})' if most else f't."{column}"'
        return f"case when t.\"{column}\" <> '' then {kept} || '~' || copy.n else t.\"{column}\" end"
    return f't."{column}"'
