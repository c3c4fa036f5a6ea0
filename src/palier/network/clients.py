"""Clients: how many mandates the offer of a consultant counts at one time. What runs stays; nothing is added beyond."""

from uuid import UUID

from palier.entitlements.flows.holding import rights_of
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.actor import Actor
from palier.foundation.database import one_at_a_time, select
from palier.foundation.rights import Limit, Standing


class NoClient(Exception):
    """The consultant's offer holds no further client. Nothing was granted."""


async def take_client(actor: Actor, consultant: UUID, offers: Offers | None) -> None:
    """Before a client grants a mandate that does not run yet: whether the consultant's offer holds one more.

    Two clients who grant at once are looked at one after the other. Raises NoClient.
    """
    if offers is None or actor.rights.standing is Standing.OPEN:
        return
    await one_at_a_time(f"clients {consultant}")
    most = (await rights_of(Kind.PERSON, consultant, offers)).limit(Limit.CLIENTS)
    rows = await select("select clients_taken($1, $2) as taken", consultant, actor.organisation_id)
    if most is not None and rows[0]["taken"] >= most:
        raise NoClient
