"""Which published editions an organisation may read by its offer. The rule: docs/offers.md#the-benchmark."""

from collections.abc import Sequence
from uuid import UUID

from palier.benchmarks.rules.opening import Published, opened
from palier.benchmarks.store import Edition
from palier.entitlements.rules.offers import Kind
from palier.entitlements.store import ended_last
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.foundation.rights import Feature, entitled


async def open_to(actor: Actor, editions: Sequence[Edition]) -> list[Edition]:
    """Those of `editions` that stand open: all with the offer; without it those the organisation's own figures are part
    of, those published before what it last held ended, and corrections of either. Call it inside `reading(actor)`."""
    if entitled(actor, Feature.BENCHMARK) or not editions:
        return list(editions)
    ended = await ended_last(Kind.ORGANISATION, actor.organisation_id)
    seats = await _counted_in(actor, editions)
    known = [Published(one.id, one.corrects_id, one.published_on, one.seated_in in seats) for one in editions]
    found = {one.id for one in opened(known, ended.date() if ended else None)}
    return [one for one in editions if one.id in found]


async def _counted_in(actor: Actor, editions: Sequence[Edition]) -> set[UUID | None]:
    sql = "select edition_id from batch_member where organisation_id = $1 and edition_id = any($2::uuid[])"
    rows = await select(sql, actor.organisation_id, [one.seated_in for one in editions])
    return {row["edition_id"] for row in rows}
