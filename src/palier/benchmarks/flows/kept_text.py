"""The text of an edition's rows, one row a cohort: what its erratum needs of them, though they are hundreds of thousands.

The worker alone reads it. It is written when the edition is published and goes with the cells (flows/cells.py).
"""

from collections.abc import Iterable
from uuid import UUID

from palier.benchmarks.rules.fingerprint import Told
from palier.foundation.database import select
from palier.foundation.identifiers import new_id

_TOGETHER = 1000
"""Cohorts written by one statement."""


async def keep_text(edition: UUID, network: UUID, cohorts: Iterable[Told]) -> None:
    """Keep the text of an edition published now."""
    every = list(cohorts)
    sql = (
        "insert into release_text (id, edition_id, network_id, cohort, batches, lines) "
        "select t.id, $1, $2, t.cohort, t.batches, t.lines "
        "from unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) as t(id, cohort, batches, lines)"
    )
    for start in range(0, len(every), _TOGETHER):
        some = every[start : start + _TOGETHER]
        await select(
            sql, edition, network, [new_id() for _ in some], [one.cohort for one in some],
            [one.batches for one in some], [one.lines for one in some],
        )  # fmt: skip


async def text_kept(edition: UUID) -> list[Told]:
    """The text of each cohort, in the order of their keys; none for an edition published before it was kept."""
    rows = await select("select cohort, batches, lines from release_text where edition_id = $1", edition)
    return sorted((Told(**row) for row in rows), key=lambda one: one.cohort)


async def forget_text(campaigns: Iterable[UUID]) -> None:
    """What the editions of these campaigns need no more."""
    sql = "delete from release_text where edition_id in (select id from edition where campaign_id = any($1::uuid[]))"
    await select(sql, list(campaigns))
