"""The nightly look at places: days that came, networks that pay no longer or again, members that are gone."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from palier.billing.flows.places import (
    counted,
    end_now,
    note,
    set_end,
    sponsor_of,
    take_end_back,
    tell,
)
from palier.billing.rules.places import OPEN, Letter, Place, Sponsor, Step, Why, step
from palier.billing.rules.states import SponsorshipState
from palier.billing.store import Sponsorship
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now, today
from palier.foundation.database import reading, select, transaction
from palier.network.rules.mandates import recalled_today

log = logging.getLogger(__name__)


async def look_through(offers: Offers) -> None:
    """Do what is due for every place. One network's trouble is not the others': the run goes on, and fails at the end."""
    async with reading(OnDuty()):
        rows = await select(
            "select distinct network_id from sponsorship where state in ('invited', 'active')"
        )
    troubles = []
    for row in rows:
        try:
            await look_at(row["network_id"], offers)
        except Exception as trouble:
            log.exception("places of %s failed", row["network_id"])
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


async def look_at(network_id: UUID, offers: Offers, organisation: UUID | None = None) -> None:
    """Do what is due for the places of one network, or for one organisation's. Twice does nothing more than once."""
    async with transaction(OnDuty(network_id=network_id)):
        await counted(network_id)
        sponsor = await sponsor_of(network_id, offers)
        rows = Sponsorship.filter(network_id=network_id, state__in=OPEN)
        for row in await (rows.filter(organisation_id=organisation) if organisation else rows).order_by("id"):
            await _look(row, sponsor, offers)


async def _look(row: Sponsorship, sponsor: Sponsor, offers: Offers) -> None:
    place = await _as_seen(row)
    match step(place, sponsor, today(), offers.grace_days):
        case Step.WITHDRAW:
            await _withdraw(row, _why(place), both=place.exists)
        case Step.END:
            await _end(row, row.ended_why if place.exists else Why.ERASED, both=place.exists)
        case Step.END_WITH_GRACE:
            await _end(row, Why.NO_MEMBER, offers.grace_days)
            until = now() + timedelta(days=offers.grace_days)
            await tell(row, Letter.ENDED, until.date().isoformat())
        case Step.TELL:
            day = today() + timedelta(days=offers.grace_days)
            await set_end(row, day, Why.SPONSOR)
            await _note(row, "billing.place_ending", day=day, why=Why.SPONSOR)
        case Step.KEEP:
            await take_end_back(row)
            await _note(row, "billing.place_kept", day=row.ends_on)
        case Step.NOTHING if row.ends_on and row.told_on:
            if ahead := recalled_today(row.ends_on, row.told_on, today()):
                await tell(row, Letter.SOON, f"{row.ends_on} {ahead.days}")


async def _as_seen(row: Sponsorship) -> Place:
    sql = (
        "select exists (select from organisation o where o.id = $2) as exists, exists (select from network_member m "
        "where m.network_id = $1 and m.organisation_id = $2 and m.left_on is null) as member"
    )
    (seen,) = await select(sql, row.network_id, row.organisation_id)
    return Place(row.state, row.ends_on, row.ended_why, seen["member"], seen["exists"])


def _why(place: Place) -> Why:
    if not place.exists:
        return Why.ERASED
    return Why.SPONSOR if place.member else Why.NO_MEMBER


async def _withdraw(row: Sponsorship, why: Why, *, both: bool) -> None:
    await Sponsorship.filter(id=row.id).update(
        state=SponsorshipState.WITHDRAWN, ended_at=now(), ended_why=why
    )
    await _note(row, "billing.place_withdrawn", both=both, why=why)


async def _end(row: Sponsorship, why: str, grace_days: int = 0, *, both: bool = True) -> None:
    await end_now(row, why, grace_days=grace_days)
    await _note(row, "billing.place_ended", both=both, why=why)


async def _note(row: Sponsorship, verb: str, **details: Any) -> None:
    await note(OnDuty(network_id=row.network_id), row, verb, **details)
