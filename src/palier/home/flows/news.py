"""What is new in the organisation's networks: campaigns that run and practices just published. Editions stand beside."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import select
from palier.practices.flows.reading import news_of_practices
from palier.practices.store import SharedPractice

MOST = 3
"""Of each kind."""


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A campaign that runs in a network of the organisation."""

    name: str
    network: str
    fictive: bool
    closes_on: date


@dataclass(frozen=True, slots=True)
class News:
    """The newest of each kind first; a campaign that closes first comes first."""

    campaigns: tuple[OpenCampaign, ...]
    practices: tuple[SharedPractice, ...]


async def load_news(actor: Actor) -> News:
    """Call it inside `reading(actor)`."""
    rows = await _campaigns(actor)
    campaigns = [OpenCampaign(row["name"], row["network"], row["fictive"], row["closes_on"]) for row in rows]
    return News(tuple(campaigns), tuple((await news_of_practices())[:MOST]))


async def _campaigns(actor: Actor) -> list[dict[str, Any]]:
    """Nobody calls a throw-away copy."""
    sql = (
        "select c.name, n.name as network, n.fictive, c.closes_on from campaign c join network n on n.id = c.network_id "
        "join network_member m on m.network_id = n.id and m.organisation_id = $1 and m.left_on is null "
        "join organisation o on o.id = m.organisation_id and o.sandbox_until is null "
        "where c.opens_on <= $2 and c.closes_on >= $2 order by c.closes_on, c.id limit $3"
    )
    return await select(sql, actor.organisation_id, today(actor.person.time_zone), MOST)
