"""The register of a network, read: everybody its staff knows, on Palier or not yet."""

from uuid import UUID

from palier.association import store
from palier.association.roll import Registered, registered
from palier.foundation.actor import NetworkActor


async def load_register(actor: NetworkActor) -> list[Registered]:
    """Everybody, in order of name. Reads attributes and dates, no answer and no score. Call inside `reading(actor)`."""
    entries = await store.register_of(actor.network_id)
    members = await store.members_of(actor.network_id)
    frozen = await store.frozen_in(actor.network_id)
    listed = {row.organisation_id for row in await store.listed_in(actor.network_id)}
    return registered(entries, members, frozen, listed)


async def one_of_register(actor: NetworkActor, wanted: UUID) -> Registered:
    """One of the register. Raises Unknown."""
    found = next((one for one in await load_register(actor) if one.id == wanted), None)
    if found is None:
        raise store.Unknown("nobody of this register")
    return found
