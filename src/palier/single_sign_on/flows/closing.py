"""Whether an address signs in at its organisation's provider and nowhere else: what `accounts` asks through a seam."""

from palier.accounts.elsewhere import Elsewhere
from palier.foundation.actor import OnDuty
from palier.foundation.database import reading
from palier.single_sign_on import store
from palier.single_sign_on.flows.beginning import provider_for
from palier.single_sign_on.rules.states import State


async def closed_for(email: str) -> Elsewhere | None:
    """Where people of this address's domain sign in, when that is their only way. Only owners with a spare key are let
    in by their password; nobody is told who they are."""
    row = await provider_for(email)
    if row is None or row.state is not State.ENFORCED:
        return None
    async with reading(OnDuty(row.organisation_id)):
        owners = await store.owners_with(row.organisation_id, await store.spare_keys_of(row.organisation_id))
    return Elsewhere(row.name, row.organisation_name, row.slug, frozenset(owner.email for owner in owners))
