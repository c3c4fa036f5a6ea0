"""Coming in without the provider: an owner with a spare key, when the provider is down. Never unseen."""

from palier.accounts import factors
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.single_sign_on import mails, store
from palier.single_sign_on.rules.states import State


class NoSpareKey(Exception):
    """The person holds none here, or the organisation does not need one."""


class FactorNeeded(Exception):
    """Their account has a second factor, and this session began without it."""


async def use(person: Person, slug: str) -> None:
    """Let this session in. The other owners are written to, and the audit trail says so.

    Raises NoSpareKey or FactorNeeded.
    """
    async with reading(person):
        row = await store.IdentityProvider.get_or_none(slug=slug, state=State.ENFORCED)
        factor = await factors.has_any(person.person_id)
    if row is None or person.session_id is None:
        raise NoSpareKey
    if factor and person.second_factor_at is None:
        raise FactorNeeded
    organisation = acting.Organisation(row.organisation_id, row.slug, row.organisation_name)
    actor = Actor(person, organisation, Role.OWNER)
    async with transaction(actor):
        owners = await store.owners_with(row.organisation_id)
        keys = await store.spare_keys_of(row.organisation_id)
        if person.person_id not in keys or person.person_id not in {one.id for one in owners}:
            raise NoSpareKey
        await _let_in(actor, row, owners)


async def _let_in(actor: Actor, row: store.IdentityProvider, owners: list[store.Person]) -> None:
    organisation, session = row.organisation_id, actor.person.session_id
    if await store.SpareKeyUse.exists(organisation_id=organisation, session_id=session):
        return
    await store.SpareKeyUse.create(
        id=new_id(), organisation_id=organisation, session_id=session, person_id=actor.person_id, at=now()
    )
    await audit.record(actor, "single_sign_on.spare_key_used", f"person {actor.person_id}", provider=row.name)
    for owner in owners:
        if owner.id != actor.person_id:
            await mails.spare_key_used(actor, owner, row.name)
