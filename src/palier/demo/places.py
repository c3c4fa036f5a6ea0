"""Planting the places of the large network: it holds the offer Network by an agreement, and pays for some of its members.

Nothing of it shows until something is sold here (PALIER_BILLING): then the demonstration's pages of billing are alive.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from palier.billing.rules.places import When, Why, end_of, last_day
from palier.billing.rules.states import AgreementState, SponsorshipState
from palier.billing.store import BillingAccount, OfferAgreement, Sponsorship
from palier.demo.networks import Planted
from palier.demo.rules.members import Member
from palier.entitlements.flows import granting
from palier.entitlements.rules.offers import Interval, Kind, Source
from palier.entitlements.store import Entitlement
from palier.foundation import audit, clock
from palier.foundation.actor import Actor, NetworkActor, OnDuty, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id

HELD, GIVEN = 24, 12
"""How many places the network holds, and to how many members it gives one beside the main organisation."""

_OFFER, _MEMBERS = "network", "member"


async def plant_places(
    planted: Planted, manager: Person, valley: Actor, members: Sequence[Member], actors: Mapping[str, Actor]
) -> None:
    """The agreement; a place for the main organisation and a dozen others, one of which ends, one offered, one declined."""
    network = NetworkActor(manager, planted.row.id, planted.row.slug, planted.row.name)
    others = [actors[one.slug] for one in members if one.slug in actors][: GIVEN + 2]
    since = clock.now() - timedelta(days=120)
    rows = [_place(network, one, since + timedelta(days=turn)) for turn, one in enumerate([valley, *others])]
    for row in rows[:-2]:
        _accept(row)
    rows[3].ends_on = last_day(When.MONTH, clock.today() + timedelta(days=31))
    rows[3].told_on, rows[3].ended_why = clock.today(), Why.NETWORK
    rows[-1].state, rows[-1].answered_at = SponsorshipState.DECLINED, rows[-1].invited_at + timedelta(days=6)
    async with transaction(OnDuty(network_id=network.network_id)):
        await _agree(network, since)
        await Sponsorship.bulk_create(rows)
        await Entitlement.bulk_create(
            [_entitlement(row) for row in rows if row.state is SponsorshipState.ACTIVE]
        )
        await _note(network, valley, rows[0].id)


async def _agree(network: NetworkActor, since: datetime) -> None:
    """A year, on a purchase order, four months of which are over."""
    account = await BillingAccount.create(
        id=new_id(), network_id=network.network_id, legal_name=network.network_name, email="tresorerie@excellence.invalid",
        address_line1="12, rue du Palier", postal_code="75011", city="Paris", order_number="BC-2041",
    )  # fmt: skip
    ends = since.date() + timedelta(days=364)
    agreement = await OfferAgreement.create(
        id=new_id(), account_id=account.id, offer=_OFFER, interval=Interval.YEAR, quantity=HELD, state=AgreementState.ACTIVE,
        starts_on=since.date(), ends_on=ends, asked_by=network.person_id, asked_at=since, decided_name="Palier", decided_at=since,
    )  # fmt: skip
    await granting.grant(
        Kind.NETWORK, network.network_id, _OFFER, Source.MANUAL, str(agreement.id), quantity=HELD, valid_from=since, valid_to=end_of(ends)
    )  # fmt: skip


def _place(network: NetworkActor, member: Actor, at: datetime) -> Sponsorship:
    return Sponsorship(
        id=new_id(), network_id=network.network_id, network_name=network.network_name, organisation_id=member.organisation_id,
        organisation_name=member.organisation.name, offer=_MEMBERS, invited_by=network.person_id, invited_at=at,
    )  # fmt: skip


def _accept(row: Sponsorship) -> None:
    row.state, row.answered_at = SponsorshipState.ACTIVE, row.invited_at + timedelta(days=2)


def _entitlement(row: Sponsorship) -> Entitlement:
    return Entitlement(
        id=new_id(), organisation_id=row.organisation_id, offer=row.offer, source=Source.SPONSOR, source_ref=str(row.id),
        valid_from=row.answered_at, valid_to=end_of(row.ends_on) if row.ends_on else None,
    )  # fmt: skip


async def _note(network: NetworkActor, valley: Actor, place: UUID) -> None:
    """What the trails of both sides say of the main organisation's place."""
    for who in (OnDuty(valley.organisation_id), network):
        await audit.record(who, "billing.place_offered", f"sponsorship {place}", offer=_MEMBERS)
    for answering in (valley, OnDuty(network_id=network.network_id)):
        await audit.record(answering, "billing.place_accepted", f"sponsorship {place}", offer=_MEMBERS)
