"""What an owner decides about signing in: the provider, what it is for, who joins by it, who may come in without it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.accounts.store import Person
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.foundation.rights import Feature, check_sold
from palier.foundation.sealing import sealed
from palier.foundation.settings import Settings
from palier.network.flows.inviting import check_may_write
from palier.single_sign_on import mails, relying, store
from palier.single_sign_on.rules.profiles import Preset
from palier.single_sign_on.rules.states import NEWCOMER_ROLES, Obstacle, Readiness, State, obstacles

SECRET = "identity provider"  # noqa: S105  (what the sealed text is for)


class NotReady(Exception):
    """The state cannot be chosen yet."""

    def __init__(self, missing: list[Obstacle]) -> None:
        super().__init__(missing)
        self.missing = missing


class LastSpareKey(Exception):
    """While the provider is the only way in, one owner at least can do without it."""


class SecretMissing(Exception):
    """A new provider, or another client, needs its secret."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What an owner was given by their provider. An empty secret keeps the one that stands."""

    preset: Preset
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """All that an owner sees of it. `spare` are the owners with a spare key, `able` those who could have one."""

    provider: store.IdentityProvider | None
    domains: list[store.SignOnDomain]
    owners: list[Person]
    spare: frozenset[UUID]
    able: frozenset[UUID]
    ready: Readiness


async def overview(actor: Actor) -> Overview:
    """How signing in is set up."""
    async with reading(actor):
        return await _overview(actor)


async def _overview(actor: Actor) -> Overview:
    provider = await store.provider_of(actor.organisation_id)
    domains = await store.domains_of(actor.organisation_id)
    owners = await store.owners_with(actor.organisation_id)
    spare = await store.spare_keys_of(actor.organisation_id)
    able = {one.id for one in owners if one.password_hash}
    ready = Readiness(
        provider=provider is not None,
        tested=provider is not None and provider.tested_at is not None,
        domain=any(one.proved_until and one.proved_until > now() for one in domains),
        spare_key=bool(able & spare),
    )
    return Overview(provider, domains, owners, frozenset(spare), frozenset(able), ready)


async def register(actor: Actor, given: Registration, settings: Settings) -> None:
    """Keep the provider. Another issuer or client must be tried anew, and switches signing in by it off until then.

    One that stands is changed whatever the offer: nobody is locked out for money. Raises NotSold for a new one,
    ProviderAway when nobody answers at the issuer, SecretMissing, or NotInADemonstration.
    """
    check_may_write(actor)
    await _check_new(actor)
    await relying.discover(given.issuer, settings, anew=True)
    async with transaction(actor):
        row = await store.provider_of(actor.organisation_id, locked=True)
        moved = row is None or (row.issuer, row.client_id) != (given.issuer, given.client_id)
        if moved and not given.client_secret:
            raise SecretMissing
        after = _facts(given)
        before = {name: getattr(row, name) for name in after} if row else {}
        if row is None:
            row = await _new_provider(actor, given)
        kept = _secret(given, row.id, settings)
        again: dict[str, Any] = {"tested_at": None, "state": State.OFF} if moved else {}
        await store.IdentityProvider.filter(id=row.id).update(**after, **kept, **again)
        await audit.record(
            actor, "single_sign_on.provider_changed", f"provider {row.id}", before=before, after=after,
            secret_replaced=bool(given.client_secret), switched_off=moved,
        )  # fmt: skip


async def _check_new(actor: Actor) -> None:
    async with reading(actor):
        if await store.provider_of(actor.organisation_id) is None:
            check_sold(actor, Feature.SINGLE_SIGN_ON)


def _facts(given: Registration) -> dict[str, Any]:
    return {
        "preset": given.preset, "name": given.name, "issuer": given.issuer, "client_id": given.client_id,
        "second_factor": given.second_factor,
    }  # fmt: skip


async def _new_provider(actor: Actor, given: Registration) -> store.IdentityProvider:
    slug = actor.organisation.slug
    return await store.IdentityProvider.create(
        id=new_id(), organisation_id=actor.organisation_id, organisation_name=actor.organisation.name, slug=slug,
        door=store.door_of(f"organisation {slug}"), **_facts(given),
    )  # fmt: skip


def _secret(given: Registration, provider: UUID, settings: Settings) -> dict[str, str]:
    if not given.client_secret:
        return {}
    return {"client_secret": sealed(given.client_secret, SECRET, settings.secrets, str(provider))}


async def choose_state(actor: Actor, state: State) -> None:
    """Switch signing in by the provider off, on beside other ways, or on as the only way. Raises NotReady."""
    async with transaction(actor):
        row = await store.provider_of(actor.organisation_id, locked=True)
        missing = obstacles(state, (await _overview(actor)).ready)
        if missing or row is None:
            raise NotReady(missing or [Obstacle.NO_PROVIDER])
        if row.state is state:
            return
        name = actor.organisation.name  # it may have changed since
        await store.IdentityProvider.filter(id=row.id).update(state=state, organisation_name=name)
        for owner in await store.owners_with(actor.organisation_id):
            if owner.id != actor.person_id:
                await mails.state_chosen(actor, owner, row.name, state)
        await audit.record(
            actor, "single_sign_on.state_chosen", f"provider {row.id}", before=row.state, after=state
        )


async def welcome(actor: Actor, role: Role | None) -> None:
    """Choose what newcomers of a proved domain become; None: an invitation is still needed. Raises DoesNotExist."""
    after = role if role in NEWCOMER_ROLES else ""
    async with transaction(actor):
        row = await store.IdentityProvider.get(organisation_id=actor.organisation_id)
        await store.IdentityProvider.filter(id=row.id).update(newcomer_role=after)
        await audit.record(
            actor,
            "single_sign_on.newcomers_changed",
            f"provider {row.id}",
            before=row.newcomer_role,
            after=after,
        )


async def give_spare_keys(actor: Actor, people: Collection[UUID]) -> None:
    """Say which owners may come in without the provider; those without a password are left out.

    Raises LastSpareKey or NotInADemonstration.
    """
    check_may_write(actor)
    async with transaction(actor):
        row = await store.provider_of(actor.organisation_id, locked=True)
        seen = await _overview(actor)
        wanted = seen.able & set(people)
        if row and row.state is State.ENFORCED and not wanted:
            raise LastSpareKey
        await store.SpareKey.filter(organisation_id=actor.organisation_id).delete()
        for person in sorted(wanted):
            await store.SpareKey.create(id=new_id(), organisation_id=actor.organisation_id, person_id=person)
        await audit.record(
            actor, "single_sign_on.spare_keys_changed", f"organisation {actor.organisation.slug}",
            before=sorted(map(str, seen.spare)), after=sorted(map(str, wanted)),
        )  # fmt: skip


async def remove(actor: Actor) -> None:
    """Forget the provider and who people are there. Accounts, domains and roles stay. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.IdentityProvider.get(organisation_id=actor.organisation_id)
        await store.ProviderIdentity.filter(organisation_id=actor.organisation_id).delete()
        await store.IdentityProvider.filter(id=row.id).delete()
        before = {"name": row.name, "issuer": row.issuer, "client_id": row.client_id, "state": row.state}
        await audit.record(
            actor, "single_sign_on.provider_removed", f"provider {row.id}", before=before, after={}
        )
