"""Who may own an action: the members of the organisation, and a consultant while the mandate lasts."""

from uuid import UUID

from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.network.store import colleagues_of


class UnknownOwner(Exception):
    """Neither a member of the organisation nor its consultant."""


async def possible_owners(actor: Actor) -> list[tuple[UUID, str]]:
    """The members and the consultants with their names, in order of name."""
    people = await colleagues_of(actor.organisation_id, today(actor.person.time_zone))
    return sorted({one.person_id: one.name for one in people}.items(), key=lambda pair: pair[1].casefold())


async def owner_named(actor: Actor, owner: UUID | None) -> tuple[UUID | None, str]:
    """The owner with the name to keep beside it; nobody is (None, ""). Raises UnknownOwner."""
    if owner is None:
        return None, ""
    names = dict(await possible_owners(actor))
    if owner not in names:
        raise UnknownOwner
    return owner, names[owner]
