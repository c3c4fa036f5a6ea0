"""What an owner does with a place a network offers: accept it, decline it, give it back."""

from dataclasses import dataclass
from uuid import UUID

from palier.billing.flows.places import (
    NoneLeft,
    Unknown,
    count_of,
    counted,
    end_now,
    note,
    open_rights,
    own_subscription,
    places_of,
    sponsor_of,
    tell,
)
from palier.billing.rules.places import Act, Letter, NotNow, Why, after
from palier.billing.rules.states import SponsorshipState
from palier.billing.store import Sponsorship, Subscription
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select, transaction


@dataclass(frozen=True, slots=True)
class Offered:
    """A place as its organisation reads of it, with what it pays for itself and the places it has from others."""

    place: Sponsorship
    own: Subscription | None
    others: tuple[Sponsorship, ...]


async def place_of(actor: Actor, place: UUID) -> Sponsorship:
    """One of the organisation's places, open or over. Raises Unknown."""
    row = await Sponsorship.get_or_none(id=place, organisation_id=actor.organisation_id)
    if row is None:
        raise Unknown(place)
    return row


async def read(actor: Actor, wanted: UUID) -> Offered:
    """A place with all that decides about it, in a reading. Raises Unknown."""
    place = await place_of(actor, wanted)
    others = [one for one in await places_of(actor.organisation_id) if one.id != place.id]
    return Offered(place, await own_subscription(actor.organisation_id), tuple(others))


async def accept(actor: Actor, wanted: UUID, offers: Offers) -> Sponsorship:
    """Take the place: what the offer opens is open from now on. Accepting twice is accepting once.

    Raises Unknown, NotNow (withdrawn meanwhile, or over), NoneLeft (the network holds fewer places than it did).
    """
    async with transaction(actor):
        place = await _locked(actor, wanted)
        if place.state is SponsorshipState.ACTIVE:
            return place
        state = after(place.state, Act.ACCEPT)
        await _check_room(place, offers)
        await Sponsorship.filter(id=place.id).update(
            state=state, answered_by=actor.person_id, answered_at=now()
        )
        await open_rights(place)
        await note(actor, place, "billing.place_accepted")
        await tell(place, Letter.ACCEPTED)
    return place


async def _check_room(place: Sponsorship, offers: Offers) -> None:
    sponsor = await sponsor_of(place.network_id, offers)
    if not (await count_of(place.network_id, sponsor.places)).may_accept:
        raise NoneLeft(0)
    sql = "select 1 from network_member where network_id = $1 and organisation_id = $2 and left_on is null"
    if not await select(sql, place.network_id, place.organisation_id):
        raise NotNow(place.state)


async def decline(actor: Actor, wanted: UUID) -> Sponsorship:
    """Say no; the network may offer it again. Raises Unknown, NotNow."""
    async with transaction(actor):
        place = await _locked(actor, wanted)
        state = after(place.state, Act.DECLINE)
        await Sponsorship.filter(id=place.id).update(
            state=state, answered_by=actor.person_id, answered_at=now()
        )
        await note(actor, place, "billing.place_declined")
        await tell(place, Letter.DECLINED)
    return place


async def leave(actor: Actor, wanted: UUID) -> Sponsorship:
    """Give the place back at once; the organisation has its own offer from now on. Raises Unknown, NotNow."""
    async with transaction(actor):
        place = await _locked(actor, wanted)
        after(place.state, Act.END)
        await end_now(place, Why.LEFT)
        await note(actor, place, "billing.place_left")
        await tell(place, Letter.LEFT)
    return place


async def _locked(actor: Actor, wanted: UUID) -> Sponsorship:
    """The place as it is once nobody else changes it."""
    await counted((await place_of(actor, wanted)).network_id)
    return await place_of(actor, wanted)
