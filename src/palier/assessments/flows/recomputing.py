"""Stored results read in bulk, for `palier recompute`: one organisation after the other, as its own worker."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from palier.foundation.actor import OnDuty
from palier.foundation.database import reading, select

_RESULTS = """
  select slug, definition_hash, result::text as result, result_hash from assessment
  where organisation_id = $1 and result is not null and ($2 or state = 'submitted') order by slug
"""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One stored result: where it is ("organisation/round"), what it was made under, its JSON text and its hash."""

    place: str
    definition_hash: str
    text: str
    hash: str


async def stored_results(*, everything: bool) -> AsyncIterator[StoredResult]:
    """The results of submitted rounds by organisation and round; with `everything` also those since superseded
    and those of throw-away copies. For the worker's role, which may name every organisation.
    """
    async with reading(None):
        known = await select(
            "select id, slug from organisation where $1 or sandbox_until is null order by slug", everything
        )
    for organisation in known:
        async with reading(OnDuty(organisation["id"])):
            rows = await select(_RESULTS, organisation["id"], everything)
        for row in rows:
            place = f"{organisation['slug']}/{row['slug']}"
            yield StoredResult(place, row["definition_hash"], row["result"], row["result_hash"])


async def kept_definitions() -> dict[str, str]:
    """Every definition kept for results, as JSON text, by the hash it was kept under."""
    async with reading(None):
        rows = await select("select hash, content::text as content from used_definition")
    return {row["hash"]: row["content"] for row in rows}
