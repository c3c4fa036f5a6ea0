"""What a network's staff does with its places: offer them, take an offer back, end one, let one go on."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from palier.billing.flows.places import (
    NoneLeft,
    Unknown,
    candidates_of,
    count_of,
    counted,
    end_now,
    note,
    set_end,
    sponsor_of,
    take_end_back,
    tell,
)
from palier.billing.rules.places import Act, Letter, NotNow, When, Why, after, last_day
from palier.billing.rules.states import SponsorshipState
from palier.billing.store import Sponsorship
from palier.entitlements.rules.offers import Offers
from palier.foundation import operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id


async def place_of(actor: NetworkActor, place: UUID) -> Sponsorship:
    """One of the network's places. Raises Unknown."""
    row = await Sponsorship.get_or_none(id=place, network_id=actor.network_id)
    if row is None:
        raise Unknown(place)
    return row


async def invite(actor: NetworkActor, members: Collection[UUID], offers: Offers, op: UUID) -> int:
    """Offer a place to each of these verified members, to all or to none; how many offers were made.

    Who has one already, or was offered one, is passed over. Raises NoneLeft, Unknown (not a verified member) or
    AlreadyDone.
    """
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/billing/places")
        await counted(actor.network_id)
        sponsor = await sponsor_of(actor.network_id, offers)
        count = await count_of(actor.network_id, sponsor.places)
        wanted = await _wanted(actor, set(members))
        if len(wanted) > count.free:
            raise NoneLeft(count.free)
        for organisation, name in wanted.items():
            await _offer(actor, organisation, name, sponsor.gives)
    return len(wanted)


async def _wanted(actor: NetworkActor, members: set[UUID]) -> dict[UUID, str]:
    """Those of `members` that may be offered one. Raises Unknown for whoever is no verified member."""
    free = {one.id: one.name for one in await candidates_of(actor)}
    rows = Sponsorship.filter(network_id=actor.network_id, organisation_id__in=list(members))
    taken = {row.organisation_id for row in await rows if row.state in _TAKEN}
    if strangers := members - free.keys() - taken:
        raise Unknown(strangers)
    return {one: name for one, name in free.items() if one in members}


_TAKEN = (SponsorshipState.INVITED, SponsorshipState.ACTIVE)


async def _offer(actor: NetworkActor, organisation: UUID, name: str, offer: str) -> None:
    place = await Sponsorship.create(
        id=new_id(), network_id=actor.network_id, network_name=actor.network_name, organisation_id=organisation,
        organisation_name=name, offer=offer, invited_by=actor.person_id, invited_at=now(),
    )  # fmt: skip
    await note(actor, place, "billing.place_offered", network=actor.network_name, organisation=name)
    await tell(place, Letter.OFFERED)


async def withdraw(actor: NetworkActor, wanted: UUID) -> Sponsorship:
    """Take back an offer that was not answered. Raises Unknown, NotNow."""
    async with transaction(actor):
        place = await _locked(actor, wanted)
        state = after(place.state, Act.WITHDRAW)
        await Sponsorship.filter(id=place.id).update(state=state, ended_at=now(), ended_why=Why.NETWORK)
        await note(actor, place, "billing.place_withdrawn")
    return place


async def end(actor: NetworkActor, wanted: UUID, when: When, offers: Offers) -> Sponsorship:
    """End a member's place with the month, or at once with the usual grace; the member is told the day.

    Raises Unknown, NotNow.
    """
    async with transaction(actor):
        place = await _locked(actor, wanted)
        after(place.state, Act.END)
        day = last_day(when, today())
        if when is When.NOW:
            await end_now(place, Why.NETWORK, grace_days=offers.grace_days)
            await note(actor, place, "billing.place_ended", why=Why.NETWORK)
            until = now() + timedelta(days=offers.grace_days)
            await tell(place, Letter.ENDED, until.date().isoformat())
        else:
            await set_end(place, day, Why.NETWORK)
            await note(actor, place, "billing.place_ending", day=day, why=Why.NETWORK)
    return place


async def keep(actor: NetworkActor, wanted: UUID) -> Sponsorship:
    """Take back an end that has not come yet; the member is told. Raises Unknown, NotNow."""
    async with transaction(actor):
        place = await _locked(actor, wanted)
        if place.state is not SponsorshipState.ACTIVE or place.ended_why != Why.NETWORK:
            raise NotNow(place.state)
        await take_end_back(place)
        await note(actor, place, "billing.place_kept", day=place.ends_on)
    return place


async def _locked(actor: NetworkActor, wanted: UUID) -> Sponsorship:
    await counted(actor.network_id)
    return await place_of(actor, wanted)
