"""Who may own an action: the members of the organisation."""

from uuid import UUID

from palier.foundation.actor import Actor
from palier.network.store import members_of


class UnknownOwner(Exception):
    """Not a member of the organisation."""


async def possible_owners(actor: Actor) -> list[tuple[UUID, str]]:
    """The members and their names, in order of name."""
    return [(row.person_id, row.person.name) for row in await members_of(actor)]


async def owner_named(actor: Actor, owner: UUID | None) -> tuple[UUID | None, str]:
    """The owner with the name to keep beside it; nobody is (None, ""). Raises UnknownOwner."""
    if owner is None:
        return None, ""
    names = dict(await possible_owners(actor))
    if owner not in names:
        raise UnknownOwner
    return owner, names[owner]
