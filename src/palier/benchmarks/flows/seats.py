"""The seats of an edition, a few at a time and along an index: what one reader's page needs, however many there are."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from palier.benchmarks.store import Edition
from palier.foundation.database import select


async def seats_beside(edition: Edition, known: Iterable[str]) -> list[dict[str, Any]]:
    """The seats of every batch that one of the organisations `known`, or another of its legal group, sits in."""
    sql = (
        "select batch, organisation_id, legal_group, attributes from batch_member where edition_id = $1 "
        "and batch in (select batch from batch_member where edition_id = $1 and legal_group in ("
        "select legal_group from batch_member where edition_id = $1 and organisation_id = any($2::uuid[]) "
        "union select unnest($2::uuid[])::text))"
    )
    rows = await select(sql, edition.seated_in, list(known))
    return [row | {"attributes": json.loads(row["attributes"])} for row in rows]


async def seats_with(edition: Edition, organisations: Iterable[UUID]) -> list[dict[str, Any]]:
    """The seats of every batch that one of these organisations sits in."""
    sql = (
        "select distinct batch from batch_member where edition_id = $1 and organisation_id = any($2::uuid[])"
    )
    batches = [row["batch"] for row in await select(sql, edition.seated_in, list(organisations))]
    sql = "select batch, organisation_id, legal_group, attributes from batch_member where edition_id = $1 and batch = any($2)"
    rows = await select(sql, edition.seated_in, batches)
    return [row | {"attributes": json.loads(row["attributes"])} for row in rows]


async def batches_of(edition: Edition) -> int:
    """How many batches an edition has."""
    sql = "select coalesce(max(batch), 0) as batches from batch_member where edition_id = $1"
    (row,) = await select(sql, edition.seated_in)
    return int(row["batches"])


async def seat_attributes(edition: Edition, organisation_id: UUID) -> dict[str, str | None] | None:
    """What an organisation was sealed with; None when it holds no seat."""
    sql = "select attributes from batch_member where edition_id = $1 and organisation_id = $2"
    rows = await select(sql, edition.seated_in, organisation_id)
    return json.loads(rows[0]["attributes"]) if rows else None


async def kinds_of(edition: Edition) -> list[dict[str, Any]]:
    """The pairs of `sector` and `family` among the seats, "" where unknown: from one to the next along the index."""
    sql = (
        "with recursive kind as ((select sector, family from batch_member where edition_id = $1 "
        "order by sector, family limit 1) union all select next.* from kind cross join lateral (select sector, family "
        "from batch_member where edition_id = $1 and (sector, family) > (kind.sector, kind.family) "
        "order by sector, family limit 1) as next) select sector, family from kind"
    )
    return await select(sql, edition.seated_in)


async def shapes_of(edition: Edition, batches: Iterable[int]) -> list[dict[str, Any]]:
    """How many seats of these batches share each `family`, `size` and `country`."""
    sql = (
        "select family, attributes ->> 'size' as size, attributes ->> 'country' as country, count(*) as seats "
        "from batch_member where edition_id = $1 and batch = any($2) group by 1, 2, 3"
    )
    return await select(sql, edition.seated_in, list(batches))
