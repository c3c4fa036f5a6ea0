"""Who may own an action: the members of the organisation, and a consultant while the mandate lasts."""

from uuid import UUID

from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.network.store import mandates_of, members_of


class UnknownOwner(Exception):
    """Neither a member of the organisation nor its consultant."""


async def possible_owners(actor: Actor) -> list[tuple[UUID, str]]:
    """The members and the consultants with their names, in order of name."""
    names = {row.person_id: row.person.name for row in await members_of(actor)}
    on = today(actor.person.time_zone)
    for mandate in await mandates_of(actor):
        if mandate.revoked_at is None and mandate.ends_on >= on:
            names.setdefault(mandate.consultant.id, mandate.consultant.name)
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


async def owner_named(actor: Actor, owner: UUID | None) -> tuple[UUID | None, str]:
    """The owner with the name to keep beside it; nobody is (None, ""). Raises UnknownOwner."""
    if owner is None:
        return None, ""
    names = dict(await possible_owners(actor))
    if owner not in names:
        raise UnknownOwner
    return owner, names[owner]
