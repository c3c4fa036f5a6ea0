"""Joining a network: with the network's code, or with the link sent to a member. The staff verifies afterwards."""

import secrets
from dataclasses import dataclass, replace
from uuid import UUID

from palier.accounts import throttle
from palier.association import store
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.clock import now, today
from palier.foundation.database import LinkHolder, reading, select, transaction
from palier.foundation.identifiers import fingerprint
from palier.foundation.permissions import Role
from palier.network import store as networks
from palier.single_sign_on.store import shut_organisations

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a code opens: the network, and for whom the staff sent it, if for somebody."""

    network: networks.Network
    expected: str
    entry: UUID | None
    already: bool = False
    """Of an offer taken: the organisation was a verified member before."""


def as_typed(secret: str) -> str:
    """A code as it is stored: people leave out the dash and the capitals. A mailed link stays as it is."""
    plain = secret.replace("-", "").replace(" ", "").upper()
    return f"{plain[:4]}-{plain[4:]}" if len(plain) == 8 and set(plain) <= set(LETTERS) else secret


async def offer_behind(person: Person, secret: str) -> Offer:
    """The network behind a code or a link. Tries are counted. Raises Unknown, TooManyAttempts."""
    turns = await throttle.take_turn(f"joining {person.person_id}")
    found = await look_behind(secret)
    async with transaction(None):
        await throttle.give_back(turns)
    return found


async def look_behind(secret: str) -> Offer:
    """The same, not counted. Raises Unknown."""
    mark = fingerprint(as_typed(secret))
    async with reading(LinkHolder(mark)):
        door = await store.NetworkDoor.get_or_none(fingerprint=mark)
        entry = (
            await networks.RegisterEntry.filter(fingerprint=mark, organisation_id=None)
            .select_related("network")
            .first()
        )
        rooms = [door.id] if door else [entry.network.id] if entry else []
        if not rooms:
            raise store.Unknown("no such code")
        network = await networks.Network.get(id=rooms[0])
        return Offer(network, entry.name if entry else "", entry.id if entry else None)


async def may_join(person: Person) -> list[acting.Organisation]:
    """The organisations the person owns and may join with; no throw-away copies."""
    async with reading(person):
        places = await networks.places_of(person, today())
        shut = await shut_organisations(person)
    return [
        acting.Organisation(m.organisation.id, m.organisation.slug, m.organisation.name)
        for m in places.organisations
        if m.role is Role.OWNER and m.organisation.sandbox_until is None and m.organisation.id not in shut
    ]


async def join(person: Person, organisation: UUID, secret: str) -> Offer:
    """Ask for membership; the staff verifies. Raises Unknown for a code or an organisation that is not there."""
    found = await look_behind(secret)
    mine = next((one for one in await may_join(person) if one.id == organisation), None)
    if mine is None:
        raise store.Unknown("not an organisation of this person")
    actor = Actor(person, mine, Role.OWNER)
    async with transaction(actor):
        row = await networks.join(actor, found.network.id, today())
        if found.entry:
            await select("select set_config('app.link', $1, true)", fingerprint(as_typed(secret)))
            await networks.RegisterEntry.filter(id=found.entry).update(organisation_id=organisation)
        if not row.verified_at:
            await audit.record(actor, "network.membership_requested", f"network {found.network.slug}")
    return replace(found, already=row.verified_at is not None)


async def door_of(actor: NetworkActor) -> str:
    """The network's code; "" before there is one. Call inside `reading(actor)`."""
    found = await store.NetworkDoor.get_or_none(id=actor.network_id)
    return found.code if found else ""


async def turn_key(actor: NetworkActor) -> str:
    """Make a new code; the one before opens nothing any more."""
    code = as_typed("".join(secrets.choice(LETTERS) for _ in range(8)))
    async with transaction(actor):
        await store.NetworkDoor.filter(id=actor.network_id).delete()
        await store.NetworkDoor.create(
            id=actor.network_id, code=code, fingerprint=fingerprint(code), made_at=now()
        )
        await audit.record(actor, "association.code_changed", f"network {actor.network_slug}")
    return code
