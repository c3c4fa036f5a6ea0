"""The letters about signing in by the organisation's provider, each in its reader's language."""

from palier.accounts.store import Person
from palier.foundation import mail
from palier.foundation.actor import Actor
from palier.foundation.language import day, speaking
from palier.network.store import Organisation
from palier.single_sign_on import store
from palier.single_sign_on.rules.states import State


async def domain_code(actor: Actor, keeper: str, code: str) -> None:
    """The code that proves a domain, to whoever keeps its post: in the asking owner's language."""
    await mail.write(
        keeper, "single_sign_on/mails/domain_code", organisation=actor.organisation.name, owner=actor.person.name,
        domain=keeper.partition("@")[2], code=code,
    )  # fmt: skip


async def state_chosen(actor: Actor, owner: Person, provider: str, state: State) -> None:
    """The other owners learn how people sign in from now on."""
    with speaking(owner.locale):
        await mail.write(
            owner.email, "single_sign_on/mails/state_chosen", organisation=actor.organisation.name, name=owner.name,
            who=actor.person.name, provider=provider, state=state.value,
        )  # fmt: skip


async def spare_key_used(actor: Actor, owner: Person, provider: str) -> None:
    """The other owners learn that somebody came in without the provider."""
    with speaking(owner.locale):
        await mail.write(
            owner.email, "single_sign_on/mails/spare_key_used", organisation=actor.organisation.name, name=owner.name,
            who=actor.person.name, provider=provider,
        )  # fmt: skip


async def proof_ends(row: store.SignOnDomain) -> None:
    """Owners learn that the proof of a domain ends soon and could not be renewed."""
    await _to_owners(row, "proof_ends")


async def proof_ended(row: store.SignOnDomain) -> None:
    """Owners learn that it has ended."""
    await _to_owners(row, "proof_ended")


async def _to_owners(row: store.SignOnDomain, letter: str) -> None:
    organisation = await Organisation.get(id=row.organisation_id)
    for owner in await store.owners_with(row.organisation_id):
        with speaking(owner.locale):
            await mail.write(
                owner.email, f"single_sign_on/mails/{letter}", organisation=organisation.name, name=owner.name,
                domain=row.domain, until=day(row.proved_until) if row.proved_until else "",
            )  # fmt: skip
