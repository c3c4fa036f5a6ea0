"""What was frozen with an edition: its rows, its seats, its fingerprint in the trail. Row-level security decides who reads it."""

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from palier.benchmarks.store import Edition
from palier.foundation.database import select


async def rows_of(edition: Edition, cohorts: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The release rows of an edition, of the cohorts named or of all.

    An erratum has rows of its own for the cohorts that changed; all others are those of the edition it corrects.
    """
    own = await _own_rows(edition.id, cohorts)
    if edition.corrects_id is None:
        return own
    found = {row["cohort"] for row in own}
    if cohorts is None:
        return own + await _own_rows(edition.corrects_id, None, found)
    missing = [cohort for cohort in cohorts if cohort not in found]
    return own + await _own_rows(edition.corrects_id, missing) if missing else own


async def _own_rows(
    edition_id: UUID, cohorts: Collection[str] | None, but: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The rows written for one edition: of the cohorts named, or of all `but` some.

    The rows of a cohort stand on the same batches: they are fetched once for each.
    """
    columns = "cohort, variable, n_band, p10, q1, median, q3, p90"
    first = "(select min(variable) from release_row where edition_id = $1 and variable <> '')"
    once = "case when variable = min(variable) over (partition by cohort) then batches end as batches"
    rows = (
        await select(
            f"select {columns}, case when variable in ('', {first}) then batches end as batches "  # noqa: S608
            "from release_row where edition_id = $1 and cohort <> all($2)",
            edition_id, list(but),
        )
        if cohorts is None
        else await select(
            f"select {columns}, {once} from release_row where edition_id = $1 and cohort = any($2)",  # noqa: S608
            edition_id, list(cohorts),
        )
    )  # fmt: skip
    batches: dict[str, tuple[int, ...]] = {}
    for row in rows:
        if row["batches"] is not None and row["cohort"] not in batches:
            batches[row["cohort"]] = tuple(json.loads(row["batches"]))
    return [row | {"batches": batches.get(row["cohort"], ())} for row in rows]


async def seats_of(edition: Edition) -> list[dict[str, Any]]:
    """Who is in which batch of an edition; never sent to a browser."""
    sql = "select batch, organisation_id, legal_group, attributes from batch_member where edition_id = $1"
    return [
        row | {"attributes": json.loads(row["attributes"])} for row in await select(sql, edition.seated_in)
    ]


async def sizes_of(edition: Edition) -> dict[str, Any]:
    """How much was frozen with an edition, and the name of who asked for it."""
    sql = (
        "with frozen as (select cohort from release_row where edition_id = $1 union all select cohort from release_row "
        "where edition_id = $3 and cohort <> all(array(select distinct cohort from release_row where edition_id = $1))) "
        "select (select count(*) from frozen) as rows, (select count(distinct cohort) from frozen) as cohorts, "
        "(select count(*) from batch_member where edition_id = coalesce($3, $1)) as sealed, "
        "coalesce((select name from person where id = $2), '') as publisher"
    )
    (row,) = await select(sql, edition.id, edition.published_by, edition.corrects_id)
    return row


async def is_in_trail(edition: Edition) -> bool:
    """Whether the network's audit trail tells of this edition, with this fingerprint."""
    sql = (
        "select details from audit_entry where chain = $1 and verb in ('benchmarks.published', 'benchmarks.corrected') "
        "and details like $2"
    )
    rows = await select(sql, edition.network_id, f"%{edition.hash}%")
    return any(json.loads(row["details"]).get("hash") == edition.hash for row in rows)
