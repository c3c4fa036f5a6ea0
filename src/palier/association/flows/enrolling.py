"""Members one by one: described, verified, invited, taken out. What chooses peers is frozen while an edition is awaited."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from palier.accounts import throttle
from palier.association import mails, store
from palier.association.flows.register import one_of_register
from palier.association.roll import Registered
from palier.association.rules.member_file import PEER_ATTRIBUTES, key_of
from palier.billing.flows import places
from palier.foundation import audit, jobs, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.network.rules.taxonomy import FAMILY_OF
from palier.network.store import NetworkMember, RegisterEntry


class Frozen(Exception):
    """The member submitted to a campaign without an edition yet: what chooses its peers waits for the edition."""


class KnownAlready(Exception):
    """Somebody of the register has this SIREN or this name. `place` is the id to go to."""

    def __init__(self, place: UUID) -> None:
        super().__init__(place)
        self.place = place


async def verify(actor: NetworkActor, wanted: UUID) -> str:
    """Confirm that an organisation is a member and is what it says; take what it submitted already. Its name.

    Raises Unknown.
    """
    async with transaction(actor):
        one = await one_of_register(actor, wanted)
        if one.member is None:
            raise store.Unknown("not on Palier yet")
        await _write_down(actor, one, {})
        if one.member.verified_at is None:
            await NetworkMember.filter(id=one.member.id).update(
                verified_at=now(), verified_name=actor.person.name
            )
            await audit.record(
                actor, "benchmarks.member_verified", f"organisation {one.member.organisation.slug}"
            )
            await jobs.enqueue(
                "benchmarks.member_verified", organisation_id=one.member.organisation_id, network_id=actor.network_id
            )  # fmt: skip
    return one.name


async def unverify(actor: NetworkActor, wanted: UUID) -> str:
    """Take a verification back: the member no longer counts or reads. Its name. Raises Unknown, Frozen."""
    async with transaction(actor):
        one = await _on_palier(actor, wanted)
        if one.frozen:
            raise Frozen
        await NetworkMember.filter(id=one.id).update(verified_at=None, verified_name="")
        await store.DirectoryListing.filter(
            network_id=actor.network_id, organisation_id=_organisation(one)
        ).delete()
        await audit.record(actor, "association.verification_withdrawn", f"organisation {one.name}")
    return one.name


async def take_out(actor: NetworkActor, wanted: UUID) -> str:
    """Remove a member, refuse a request, or strike somebody out of the register; the name.

    Published editions stay as they are; a campaign not sealed yet leaves out what the member gave, because sealing
    reads who is a member that day. Raises Unknown.
    """
    async with transaction(actor):
        one = await one_of_register(actor, wanted)
        if one.member:
            await NetworkMember.filter(id=one.member.id).update(left_on=today())
            await jobs.enqueue(places.LEFT, network=actor.network_id, organisation=one.member.organisation_id)
            await store.DirectoryListing.filter(
                network_id=actor.network_id, organisation_id=one.member.organisation_id
            ).delete()
        if one.entry:
            await RegisterEntry.filter(id=one.entry.id).delete()
        await audit.record(actor, "association.member_removed", f"member {one.name}", place=one.place)
    return one.name


async def describe(actor: NetworkActor, wanted: UUID, values: Mapping[str, str]) -> None:
    """Set what the staff knows of a member and confirm it. Raises Unknown, Frozen."""
    async with transaction(actor):
        one = await one_of_register(actor, wanted)
        changed = {name: value for name, value in with_family(values).items() if one.values[name] != value}
        if one.frozen and any(name in changed for name in PEER_ATTRIBUTES):
            raise Frozen
        await _write_down(actor, one, changed)


async def enter(actor: NetworkActor, values: Mapping[str, str], op: UUID) -> UUID:
    """Add somebody to the register; their id there. Raises KnownAlready, AlreadyDone."""
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/members")
        key = key_of(values["name"], values.get("registration", ""))
        if found := await RegisterEntry.get_or_none(network_id=actor.network_id, key=key):
            raise KnownAlready(found.id)
        columns: dict[str, Any] = {**with_family(values), **_confirmed(actor)}
        row = await RegisterEntry.create(id=new_id(), network_id=actor.network_id, key=key, **columns)
        await audit.record(actor, "association.member_entered", f"member {row.name}", values=dict(values))
    return row.id


async def invite(actor: NetworkActor, wanted: UUID, site: str, op: UUID) -> str:
    """Write to a member that is not on Palier yet, with a link of its own; the address written to.

    A new invitation replaces the earlier one. Raises Unknown, TooManyAttempts, AlreadyDone.
    """
    await throttle.take_turn(f"network invitations of {actor.network_id}")
    secret = new_secret()
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/members")
        one = await one_of_register(actor, wanted)
        if one.member or one.entry is None or not one.entry.email:
            raise store.Unknown("nobody to invite")
        await RegisterEntry.filter(id=one.entry.id).update(fingerprint=fingerprint(secret), invited_at=now())
        await mails.invite(actor, one.entry, f"{site}/join/{secret}")
        await audit.record(actor, "association.member_invited", f"member {one.name}", email=one.entry.email)
    return one.entry.email


def with_family(values: Mapping[str, str]) -> dict[str, str]:
    """The family follows from the sector."""
    family = {"family": FAMILY_OF.get(values["sector"], "")} if "sector" in values else {}
    return {**values, **family}


async def _write_down(actor: NetworkActor, one: Registered, changed: Mapping[str, str]) -> None:
    """Keep what is known of `one` in the register, `changed` included, as confirmed by the actor."""
    if one.entry:
        tied = one.entry.organisation_id == _organisation(one)
        if changed or not tied or not one.confirmed:
            await RegisterEntry.filter(id=one.entry.id).update(
                organisation_id=_organisation(one), **changed, **_confirmed(actor)
            )
    else:
        await RegisterEntry.create(**fresh_entry(actor, one, changed))
    before = {name: one.values[name] for name in changed}
    if changed:
        await audit.record(
            actor, "association.member_described", f"member {one.name}", before=before, after=dict(changed)
        )


def fresh_entry(actor: NetworkActor, one: Registered, changed: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a register entry for a member on Palier that has none."""
    values = {**one.values, **changed}
    return {
        "id": new_id(), "network_id": actor.network_id, "organisation_id": _organisation(one),
        "key": key_of(one.name, values["registration"]), **values, **_confirmed(actor),
    }  # fmt: skip


def _confirmed(actor: NetworkActor) -> dict[str, Any]:
    return {"confirmed_at": now(), "confirmed_name": actor.person.name}


async def _on_palier(actor: NetworkActor, wanted: UUID) -> Registered:
    one = await one_of_register(actor, wanted)
    if one.member is None:
        raise store.Unknown("not on Palier yet")
    return one


def _organisation(one: Registered) -> UUID | None:
    return one.member.organisation_id if one.member else None
