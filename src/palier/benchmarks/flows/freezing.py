"""Writing an edition or a draft down: figures in few statements, and who sits in which batch."""

import json
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.sealing import Seat
from palier.foundation.database import select
from palier.foundation.identifiers import new_id

_TOGETHER = 10_000
"""Rows, or seats, written by one statement: none comes near the time a statement may take, however large the edition."""

_INSERT = {
    table: (
        "with c as materialized (select cohort, batches::jsonb as batches, place "  # noqa: S608
        "from unnest($12::text[], $13::text[]) with ordinality as given(cohort, batches, place)) "
        f"insert into {table} (id, {owner}, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches) "
        "select r.id, $1, $2, c.cohort, r.variable, r.n_band, r.p10, r.q1, r.median, r.q3, r.p90, c.batches "
        "from unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::smallint[], $8::smallint[], $9::smallint[], $10::smallint[], "
        "$11::smallint[]) as r(id, place, variable, n_band, p10, q1, median, q3, p90) "
        "join c using (place)"
    )
    for table, owner in (("release_row", "edition_id"), ("draft_row", "draft_id"))
}


_SEATED = {
    table: (
        f"insert into {table} (id, {owner}, network_id, batch, organisation_id, legal_group, attributes) "  # noqa: S608
        "select s.id, $1, $2, s.batch, s.organisation, s.legal_group, s.attributes::jsonb "
        "from unnest($3::uuid[], $4::int[], $5::uuid[], $6::text[], $7::text[]) as s(id, batch, organisation, legal_group, attributes)"
    )
    for table, owner in (("batch_member", "edition_id"), ("draft_seat", "draft_id"))
}


async def insert_seats(table: str, owner: UUID, network: UUID, seats: Sequence[Seat]) -> None:
    """Who sits in which batch, in few statements."""
    for start in range(0, len(seats), _TOGETHER):
        some = seats[start : start + _TOGETHER]
        await select(
            _SEATED[table], owner, network, [new_id() for _ in some], [one.batch for one in some],
            [UUID(one.member) for one in some], [one.group for one in some], [json.dumps(dict(one.attributes)) for one in some],
        )  # fmt: skip


async def insert_rows(table: str, owner: UUID, network: UUID, cohorts: Iterable[Sequence[Row]]) -> None:
    """All figures in few statements: an edition of 160 members has tens of thousands."""
    together: list[Sequence[Row]] = []
    for rows in cohorts:
        together.append(rows)
        if sum(map(len, together)) >= _TOGETHER:
            await _insert(table, owner, network, together)
            together = []
    if together:
        await _insert(table, owner, network, together)


async def _insert(table: str, owner: UUID, network: UUID, cohorts: Sequence[Sequence[Row]]) -> None:
    """The rows of these cohorts; what those of a cohort have in common is sent once."""
    places = [place for place, rows in enumerate(cohorts, start=1) for _ in rows]
    rows = [row for rows in cohorts for row in rows]
    figures = ([getattr(row, name) for row in rows] for name in ("p10", "q1", "median", "q3", "p90"))
    await select(
        _INSERT[table], owner, network, [new_id() for _ in rows], places, [row.variable for row in rows],
        [row.n_band for row in rows], *figures, [rows[0].cohort_key for rows in cohorts],
        [json.dumps(rows[0].batches) for rows in cohorts],
    )  # fmt: skip


async def copy_rows(erratum: UUID, original: UUID, cohorts: Sequence[str]) -> None:
    """Rows of an edition under its erratum too, inside the database: of cohorts that have none there."""
    await select(
        "insert into release_row (id, edition_id, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches) "
        "select gen_random_uuid(), $1, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches from release_row "
        "where edition_id = $2 and cohort = any($3) on conflict (edition_id, cohort, variable) do nothing",
        erratum, original, list(cohorts),
    )  # fmt: skip


async def copy_seats(erratum: UUID, original: UUID, batches: Collection[int]) -> None:
    """Seats of an edition under its erratum too, inside the database."""
    await select(
        "insert into batch_member (id, edition_id, network_id, batch, organisation_id, legal_group, attributes) "
        "select gen_random_uuid(), $1, network_id, batch, organisation_id, legal_group, attributes from batch_member "
        "where edition_id = $2 and batch = any($3) on conflict (edition_id, organisation_id) do nothing",
        erratum, original, list(batches),
    )  # fmt: skip
