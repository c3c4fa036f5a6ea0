"""Places of a network: who has one, how many are left, and what every change of one writes down.

Whoever gives, answers or ends a place does it under `counted`: two of them never take the last place together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from palier.billing.payers import Payer
from palier.billing.rules.places import OPEN, Count, Letter, Sponsor, end_of, sponsor_from
from palier.billing.rules.states import SponsorshipState
from palier.billing.store import Sponsorship, Subscription
from palier.entitlements.flows import granting
from palier.entitlements.rules.offers import Kind, Offers, Source
from palier.entitlements.store import open_of
from palier.foundation import audit, jobs
from palier.foundation.actor import NetworkActor, OnDuty
from palier.foundation.clock import now, today
from palier.foundation.database import Tenant, one_at_a_time, select
from palier.foundation.identifiers import searchable

WRITE = "billing.place_letter"
"""The job that writes the letters about a place: only the worker may read whom to write to on the other side."""

LEFT = "billing.member_left"
"""The job that ends the place of an organisation that is no longer in the network."""

PAID = ("trialing", "active", "past_due")
"""The states, in Stripe's words, in which a subscription goes on being charged."""


class Unknown(Exception):
    """No such place, or none that whoever asks may see."""


class NoneLeft(Exception):
    """Fewer places are free than were asked for. `free` says how many are."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = free


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verified member without a place."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Places:
    """All that a network's staff sees: `rows` open ones first, then those answered or ended, the newest first."""

    count: Count
    gives: str
    rows: Sequence[Sponsorship]
    candidates: Sequence[Candidate]


# --- reading ---------------------------------------------------------------------------------------------------------


async def sponsor_of(network_id: UUID, offers: Offers) -> Sponsor:
    """What a network may give at this moment; asked of the table, so that it holds inside a transaction."""
    return sponsor_from(await open_of(Kind.NETWORK, network_id), offers, now())


async def count_of(network_id: UUID, held: int) -> Count:
    """How many places are taken. For the network, for whom it offers one, and for the worker on its behalf."""
    rows = await select("select invited, active from places_taken($1)", network_id)
    return Count(held, rows[0]["invited"], rows[0]["active"])


async def of(actor: NetworkActor, offers: Offers) -> Places:
    """The places of a network, in a reading of its staff."""
    sponsor = await sponsor_of(actor.network_id, offers)
    found = await Sponsorship.filter(network_id=actor.network_id).order_by("-invited_at", "id")
    rows = sorted(found, key=lambda one: (one.state not in OPEN, searchable(one.organisation_name)))
    count = await count_of(actor.network_id, sponsor.places)
    return Places(count, sponsor.gives, rows, await candidates_of(actor))


async def candidates_of(actor: NetworkActor) -> list[Candidate]:
    """The verified members that have no place and were offered none, by name. Throw-away copies are nobody."""
    sql = (
        "select o.id, o.name from network_member m join organisation o on o.id = m.organisation_id "
        "where m.network_id = $1 and m.left_on is null and m.verified_at is not null and o.sandbox_until is null "
        "and not exists (select from sponsorship s where s.network_id = $1 and s.organisation_id = o.id "
        "and s.state in ('invited', 'active'))"
    )
    found = [Candidate(row["id"], row["name"]) for row in await select(sql, actor.network_id)]
    return sorted(found, key=lambda one: (searchable(one.name), one.id))


async def by_organisation(actor: NetworkActor) -> dict[UUID, Sponsorship]:
    """The open place of each member that has one, for the network's table of members."""
    rows = await Sponsorship.filter(network_id=actor.network_id, state__in=OPEN)
    return {row.organisation_id: row for row in rows}


async def of_organisation(payer: Payer) -> list[Sponsorship]:
    """The places the organisation has or is offered, those it has first; none for other kinds of payers."""
    return await places_of(payer.id) if payer.kind is Kind.ORGANISATION else []


async def places_of(organisation_id: UUID) -> list[Sponsorship]:
    """The same by the organisation's id, in a reading or transaction of somebody of the organisation."""
    rows = Sponsorship.filter(organisation_id=organisation_id, state__in=OPEN)
    return sorted(await rows.order_by("invited_at"), key=lambda one: one.state is not SponsorshipState.ACTIVE)


async def own_subscription(organisation_id: UUID) -> Subscription | None:
    """What the organisation pays for by itself at this moment, whoever else pays for it too."""
    rows = Subscription.filter(account__organisation_id=organisation_id, status__in=PAID, ended_at=None)
    return await rows.order_by("-created_at").first()


# --- changing --------------------------------------------------------------------------------------------------------


async def counted(network_id: UUID) -> None:
    """From here to the end of the transaction nobody else gives, answers or ends a place of this network."""
    await one_at_a_time(f"places of {network_id}")


async def tell(place: Sponsorship, letter: Letter, about: str = "") -> None:
    """Ask for a letter about a place, in the caller's transaction. Written once of each kind and each `about`."""
    await jobs.enqueue(WRITE, sponsorship=place.id, letter=letter.value, about=about)


async def note(
    tenant: Tenant, place: Sponsorship, verb: str, *, both: bool = True, **details: object
) -> None:
    """Write what was done in both trails; on the other side without the name of whoever did it.

    Not `both`: in the network's alone, for an organisation that was erased has none any more.
    """
    mine = audit.chain_of(tenant)
    sides = [OnDuty(network_id=place.network_id), *([OnDuty(place.organisation_id)] if both else [])]
    for side in sides:
        who = tenant if audit.chain_of(side) == mine else side
        await audit.record(who, verb, f"sponsorship {place.id}", offer=place.offer, **details)


async def set_end(place: Sponsorship, day: date, why: str) -> None:
    """The place is told to end with that day; what it opens ends with it, whether or not the clock is late."""
    await Sponsorship.filter(id=place.id).update(ends_on=day, told_on=today(), ended_why=why)
    await granting.end(Source.SPONSOR, str(place.id), end_of(day))
    await tell(place, Letter.ENDS, f"{day} {today()}")


async def take_end_back(place: Sponsorship) -> None:
    """The place goes on, with no end known."""
    await Sponsorship.filter(id=place.id).update(ends_on=None, told_on=None, ended_why="")
    await open_rights(place)
    await tell(place, Letter.KEPT, f"{place.ends_on} {place.told_on}")


async def open_rights(place: Sponsorship) -> None:
    """Write that the organisation holds the offer through this place."""
    await granting.grant(Kind.ORGANISATION, place.organisation_id, place.offer, Source.SPONSOR, str(place.id))


async def end_now(place: Sponsorship, why: str, *, grace_days: int = 0) -> None:
    """The place is free again at once; what it opens goes on through a grace, where there is one."""
    at = min(now(), end_of(place.ends_on)) if place.ends_on else now()
    await Sponsorship.filter(id=place.id).update(
        state=SponsorshipState.ENDED, ended_at=now(), ended_why=why,
        ends_on=min(place.ends_on, today()) if place.ends_on else today(),
    )  # fmt: skip
    await granting.end(Source.SPONSOR, str(place.id), at, _grace(at, grace_days))


def _grace(at: datetime, days: int) -> datetime | None:
    return at + timedelta(days=days) if days else None
