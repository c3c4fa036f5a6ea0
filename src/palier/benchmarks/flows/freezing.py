"""Writing an edition or a draft down: figures in few statements, and who sits in which batch."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.sealing import Seat
from palier.foundation.database import select
from palier.foundation.identifiers import new_id

_INSERT = {
    table: (
        f"insert into {table} (id, {owner}, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches) "  # noqa: S608
        "select r.id, $2, $3, r.cohort, r.variable, r.n_band, r.p10, r.q1, r.median, r.q3, r.p90, r.batches "
        "from jsonb_to_recordset($1::jsonb) as r(id uuid, cohort text, variable text, n_band text, p10 smallint, q1 smallint, "
        "median smallint, q3 smallint, p90 smallint, batches jsonb) returning 1"
    )
    for table, owner in (("release_row", "edition_id"), ("draft_row", "draft_id"))
}


_SEATED = {
    table: (
        f"insert into {table} (id, {owner}, network_id, batch, organisation_id, legal_group, attributes) "  # noqa: S608
        "select s.id, $2, $3, s.batch, s.organisation, s.legal_group, s.attributes from jsonb_to_recordset($1::jsonb) "
        "as s(id uuid, batch int, organisation uuid, legal_group text, attributes jsonb) returning 1"
    )
    for table, owner in (("batch_member", "edition_id"), ("draft_seat", "draft_id"))
}


async def insert_seats(table: str, owner: UUID, network: UUID, seats: Iterable[Seat]) -> None:
    """Who sits in which batch, in few statements."""
    lines = [
        {
            "id": str(new_id()), "batch": one.batch, "organisation": one.member, "legal_group": one.group,
            "attributes": dict(one.attributes),
        }
        for one in seats
    ]  # fmt: skip
    for start in range(0, len(lines), 5000):
        await select(_SEATED[table], json.dumps(lines[start : start + 5000]), owner, network)


async def insert_rows(table: str, owner: UUID, network: UUID, rows: Iterable[Row]) -> None:
    """All figures in few statements: an edition of 160 members has tens of thousands."""
    lines = [
        {
            "id": str(new_id()), "cohort": one.cohort_key, "variable": one.variable, "n_band": one.n_band, "p10": one.p10,
            "q1": one.q1, "median": one.median, "q3": one.q3, "p90": one.p90, "batches": list(one.batches),
        }
        for one in rows
    ]  # fmt: skip
    for start in range(0, len(lines), 5000):
        await select(_INSERT[table], json.dumps(lines[start : start + 5000]), owner, network)


async def copy_unchanged(erratum: UUID, original: UUID, cohorts: Sequence[str], batches: int) -> None:
    """What an erratum has in common with the edition it corrects, inside the database: these cohorts, and every seat.

    In many short statements: none comes near the time a statement may take, however large the edition.
    """
    rows = "cohort, variable, n_band, p10, q1, median, q3, p90, batches"
    for start in range(0, len(cohorts), _TOGETHER):
        await select(
            f"insert into release_row (id, edition_id, network_id, {rows}) select gen_random_uuid(), $1, network_id, {rows} "  # noqa: S608
            "from release_row where edition_id = $2 and cohort = any($3)",
            erratum, original, list(cohorts[start : start + _TOGETHER]),
        )  # fmt: skip
    seats = "batch, organisation_id, legal_group, attributes"
    for start in range(0, batches, _TOGETHER):
        await select(
            f"insert into batch_member (id, edition_id, network_id, {seats}) select gen_random_uuid(), $1, network_id, {seats} "  # noqa: S608
            "from batch_member where edition_id = $2 and batch > $3 and batch <= $4",
            erratum, original, start, start + _TOGETHER,
        )  # fmt: skip


_TOGETHER = 200
"""Cohorts, or batches, copied by one statement."""
