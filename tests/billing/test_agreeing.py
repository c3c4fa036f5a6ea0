"""Offers agreed by hand: asked for once, decided once, held from day to day, ended by the calendar."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from palier.billing.flows import agreeing
from palier.billing.flows.agreeing import CannotAgree, Decided
from palier.billing.flows.renewing import review_agreements
from palier.billing.payers import Payer, payer_of
from palier.billing.rules.agreements import Terms, begins, ends, reminder_due, year_from
from palier.billing.rules.orders import Order
from palier.billing.rules.states import AgreementState
from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Interval, Kind, Source
from palier.entitlements.rules.resolving import rights_from
from palier.entitlements.store import open_of
from palier.foundation import actor as acting
from palier.foundation import clock
from palier.foundation.audit import PLATFORM, broken_links
from palier.foundation.database import reading
from palier.foundation.rights import Limit, Standing
from palier.foundation.settings import Settings
from tests.conftest import Cast
from tests.platform.conftest import gaelle, put_on_staff, staff  # noqa: F401
from tests.roles import as_the_worker

SITE = "http://palier.test"
OFFERS = offers_in()
YEAR = Order("organisation", Interval.YEAR, 30)
REASON = "Bon de commande 17 reçu ce matin"


def terms(**more: Any) -> Terms:
    on = clock.today()
    return Terms(**({"starts_on": on, "ends_on": year_from(on), "quantity": 30} | more))


async def held(payer: Payer, at: date) -> Any:
    async with reading(payer.tenant):
        return rights_from(
            await open_of(payer.kind, payer.id), payer.kind, OFFERS, begins(at) + timedelta(hours=9)
        )


async def test_a_request_is_one_however_often_it_is_sent(claire: acting.Actor) -> None:
    payer = payer_of(claire)
    every = await asyncio.gather(*(agreeing.ask(payer, YEAR) for _ in range(4)))
    assert len({row.id for row in every}) == 1
    changed = await agreeing.ask(payer, replace(YEAR, quantity=40), "Devis 12")
    assert (changed.id, changed.quantity, changed.note) == (every[0].id, 40, "Devis 12")
    assert await agreeing.withdraw(payer, changed.id)
    assert not await agreeing.withdraw(payer, changed.id)
    assert (await agreeing.ask(payer, YEAR)).id != changed.id


async def test_what_is_agreed_is_held_from_the_first_day_through_the_last(
    claire: acting.Actor, staff: acting.StaffActor, owner: Any
) -> None:
    payer, on = payer_of(claire), clock.today()
    asked = await agreeing.ask(payer, YEAR)
    wanted = terms(starts_on=on + timedelta(days=3), ends_on=on + timedelta(days=40))
    both = await asyncio.gather(
        *(agreeing.accept(staff, asked.id, wanted, REASON, OFFERS, SITE) for _ in range(2)), return_exceptions=True
    )  # fmt: skip
    assert sorted(type(one).__name__ for one in both) == ["Decided", "OfferAgreement"]
    assert (await held(payer, on)).standing is Standing.FREE
    for day in (wanted.starts_on, wanted.ends_on):
        rights = await held(payer, day)
        assert (rights.offer, rights.source, rights.limit(Limit.SEATS)) == ("organisation", Source.MANUAL, 30)
    assert (await held(payer, wanted.ends_on + timedelta(days=1))).standing is Standing.GRACE
    assert (await held(payer, wanted.ends_on + timedelta(days=16))).standing is Standing.FREE
    letter = await owner.fetchrow("select * from mail where kind = 'agreement_accepted'")
    assert letter["recipient"] == "claire@example.org"
    assert "Organisation" in letter["text"]
    told = await owner.fetch(
        "select chain, details from audit_entry where verb = 'billing.agreement_accepted'"
    )
    assert {row["chain"] for row in told} == {PLATFORM, claire.organisation_id}
    assert all(REASON in row["details"] for row in told)
    async with reading(claire):
        assert await broken_links(claire.organisation_id) == []
    with pytest.raises(Decided):
        await agreeing.refuse(staff, asked.id, REASON, OFFERS, SITE)


async def test_a_refusal_tells_why(claire: acting.Actor, staff: acting.StaffActor, owner: Any) -> None:
    asked = await agreeing.ask(payer_of(claire), YEAR)
    row = await agreeing.refuse(staff, asked.id, "Il manque le numéro d’engagement", OFFERS, SITE)
    assert row.state is AgreementState.REFUSED
    text = await owner.fetchval("select text from mail where kind = 'agreement_refused'")
    assert "Il manque le numéro d’engagement" in text
    assert (await held(payer_of(claire), clock.today())).standing is Standing.FREE


async def test_an_agreement_is_prolonged_and_ended_with_a_day(
    claire: acting.Actor, staff: acting.StaffActor
) -> None:
    payer, on = payer_of(claire), clock.today()
    asked = await agreeing.ask(payer, YEAR)
    await agreeing.accept(staff, asked.id, terms(ends_on=on + timedelta(days=10)), REASON, OFFERS, SITE)
    with pytest.raises(CannotAgree):
        await agreeing.prolong(staff, asked.id, on + timedelta(days=10), REASON, OFFERS, SITE)
    await agreeing.prolong(staff, asked.id, on + timedelta(days=100), REASON, OFFERS, SITE)
    assert (await held(payer, on + timedelta(days=100))).standing is Standing.ENDING
    for day in (on - timedelta(days=1), on + timedelta(days=100)):
        with pytest.raises(CannotAgree):
            await agreeing.end_early(staff, asked.id, day, REASON, OFFERS, SITE)
    await agreeing.end_early(staff, asked.id, on, REASON, OFFERS, SITE)
    assert (await held(payer, on)).offer == "organisation"
    assert (await held(payer, on + timedelta(days=1))).standing is Standing.FREE


async def test_an_offer_is_given_to_its_own_kind_of_payer_for_days_that_can_be(
    claire: acting.Actor, cast: Cast, staff: acting.StaffActor
) -> None:
    house = claire.organisation_id
    account = await agreeing.account_of_holder(staff, Kind.ORGANISATION, house, "Transports du Val", "", "FR")
    assert account == await agreeing.account_of_holder(staff, Kind.ORGANISATION, house, "X", "", "FR")
    for offer, when in (
        ("network", terms()),
        ("nothing", terms()),
        ("member", terms(ends_on=date(2020, 1, 1))),
    ):
        with pytest.raises(CannotAgree):
            await agreeing.give(staff, account, offer, when, REASON, OFFERS, SITE)
    row = await agreeing.give(staff, account, "member", terms(free=True), REASON, OFFERS, SITE)
    rights = await held(payer_of(claire), clock.today())
    assert (rights.offer, rights.source) == ("member", Source.FREE)
    assert row.decided_name == "Gaëlle Le Goff"


async def test_the_calendar_writes_twice_and_calls_what_has_ended_ended(
    claire: acting.Actor, staff: acting.StaffActor, owner: Any, settings: Settings
) -> None:
    asked = await agreeing.ask(payer_of(claire), YEAR)
    on = clock.today()
    await agreeing.accept(staff, asked.id, terms(ends_on=on + timedelta(days=90)), REASON, OFFERS, SITE)
    written = []
    for later in (0, 30, 31, 60, 60, 89, 90, 91):
        clock.freeze(begins(on + timedelta(days=later)) + timedelta(hours=8))
        async with as_the_worker(settings):
            await review_agreements(OFFERS, SITE)
        written.append(await owner.fetchval("select count(*) from mail where kind = 'agreement_ending'"))
    assert written == [0, 1, 1, 2, 2, 2, 2, 2]
    assert await owner.fetchval("select state from offer_agreement") == "ended"


def test_days_are_those_of_france() -> None:
    assert begins(date(2027, 7, 1)).isoformat() == "2027-07-01T00:00:00+02:00"
    assert ends(date(2027, 12, 31)).isoformat() == "2028-01-01T00:00:00+01:00"
    assert year_from(date(2027, 1, 1)) == date(2027, 12, 31)
    assert year_from(date(2028, 2, 29)) == date(2029, 2, 28)
    assert [reminder_due(date(2027, 3, 31), date(2027, 3, 31) - timedelta(days=n)) for n in (61, 60, 31, 30, 0, -1)] == [
        None, 60, 60, 30, 30, None,
    ]  # fmt: skip
