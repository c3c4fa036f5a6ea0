"""Letters about money: each at its time, once, to those it concerns, whatever the worker missed meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from palier.billing import mails, store
from palier.billing.flows import noticing
from palier.billing.flows.standing import banner_of, standing_of
from palier.billing.mails import Reader, Whose
from palier.billing.notice_wording import said
from palier.billing.payers import payer_of
from palier.billing.rules.facts import Facts, Subscribed
from palier.billing.rules.notices import TO_STAFF, Bill, Due, Known, Notice, due
from palier.billing.rules.standing import Severity, State
from palier.billing.rules.states import Collection, InvoiceState, Issuer
from palier.entitlements.catalogue import offers_in
from palier.entitlements.flows.granting import grant
from palier.entitlements.rules.offers import Interval, Kind, Source
from palier.entitlements.rules.resolving import Held, rights_from
from palier.foundation import actor as acting
from palier.foundation import clock, language
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.rights import Standing
from palier.foundation.settings import Settings
from tests.postman import Postman
from tests.roles import as_the_worker

OFFERS = offers_in(Path(__file__).parents[2] / "offers.yaml")
START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
SUB = "sub_life"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def selling(settings: Settings) -> Settings:
    return replace(settings, billing=True)


async def plant_account(claire: acting.Actor, email: str = "factures@val.example") -> store.BillingAccount:
    async with transaction(claire):
        return await store.BillingAccount.create(
            id=new_id(), organisation_id=claire.organisation_id, legal_name="SEM Transports du Val", email=email, locale="en"
        )  # fmt: skip


async def plant_subscription(account: store.BillingAccount, **values: Any) -> None:
    """As Stripe's answer would be written down; a second time, over the first."""
    known = await store.Subscription.get_or_none(id=SUB)
    if known:
        await store.Subscription.filter(id=SUB).update(**values)
        return
    facts = {
        "item": "si_1", "offer": "member", "interval": Interval.YEAR, "quantity": 10, "status": "active",
        "collection": Collection.CHARGE, "created_at": clock.now(), "synced_at": clock.now(),
    }  # fmt: skip
    await store.Subscription.create(id=SUB, account_id=account.id, **(facts | values))


def unpaid(since: datetime) -> dict[str, Any]:
    return {"status": "past_due", "past_due_since": since, "action_url": "https://pay.example/i/1"}


PAID = {"status": "active", "past_due_since": None, "action_url": "", "confirm_asked_at": None}
LIFE: dict[int, dict[str, Any]] = {
    0: {"status": "trialing", "trial_end": day(30)},
    20: {"method": "visa 4242"},
    30: {"status": "active", "period_end": day(60)},
    60: unpaid(day(60)),
    63: {"confirm_asked_at": day(63)},
    76: PAID | {"period_end": day(110)},
    80: {"cancel_at_period_end": True},
    85: {"cancel_at_period_end": False},
    90: {"cancel_at_period_end": True},
    110: {"status": "canceled", "ended_at": day(110)},
}
"""What Stripe says on which day of one subscription's life."""

WRITTEN = [
    (23, "trial_ends_7"), (29, "trial_ends_1"), (60, "payment_failed"), (63, "confirm"), (67, "grace_ends_7"),
    (73, "grace_ends_1"), (74, "grace_over"), (76, "recovered"), (80, "cancelled"), (85, "undone"), (90, "cancelled"),
    (110, "ended"),
]  # fmt: skip
STANDINGS = {
    0: State.TRIAL, 23: State.TRIAL_GOES_ON, 31: State.ACTIVE, 60: State.PAST_DUE, 63: State.CONFIRM, 76: State.ACTIVE,
    80: State.CANCELLED, 85: State.ACTIVE, 110: State.LAPSED,
}  # fmt: skip


async def test_the_life_of_a_subscription_is_told_in_time_and_once(
    claire: acting.Actor, selling: Settings, owner: Any
) -> None:
    clock.freeze(START)
    account = await plant_account(claire)
    told: list[tuple[int, str]] = []
    async with as_the_worker(selling):
        for number in sorted({*LIFE, *(at for at, _ in WRITTEN), 22, 24, 31, 66, 75, 111, 140}):
            clock.freeze(day(number))
            async with transaction(None):
                if number in LIFE:
                    await plant_subscription(account, **LIFE[number])
            before = len(told)
            told += [(number, one.kind.value) for one in await noticing.notice(account.id, selling)]
            await noticing.notice_due(selling)  # again, as the hourly job does
            assert await owner.fetchval("select count(*) from billing_notice") == len(told), told[before:]
            if number in STANDINGS:
                async with transaction(None):
                    standing = await standing_of(payer_of(claire_selling(claire)), OFFERS, selling)
                assert standing.state is STANDINGS[number], number
    assert told == WRITTEN
    letters = await owner.fetch(
        "select recipient, subject, text, html, locale from mail order by created_at, id"
    )
    assert len(letters) == 2 * len(WRITTEN)
    assert {one["recipient"] for one in letters} == {"claire@example.org", "factures@val.example"}
    assert {one["locale"] for one in letters if one["recipient"] == "claire@example.org"} == {"fr"}
    ours = [one for one in letters if one["recipient"] == "factures@val.example"]
    assert "the trial of Member ends on 3 February 2027" in ours[0]["subject"]
    assert "https://pay.example/i/1" in ours[2]["text"]
    assert all(
        "/o/transports-du-val/billing" in one["text"] or "pay.example" in one["text"] for one in letters
    )
    assert all(one["html"].count("<h1>") == 1 for one in letters)


def claire_selling(claire: acting.Actor) -> acting.Actor:
    """Claire as the entrance makes her where offers are sold."""
    return replace(claire, rights=rights_from([], Kind.ORGANISATION, OFFERS, clock.now()))


async def test_whoever_was_not_told_in_time_is_told_the_nearest_only(
    claire: acting.Actor, selling: Settings, owner: Any
) -> None:
    clock.freeze(START)
    account = await plant_account(claire, email="")
    async with as_the_worker(selling):
        async with transaction(None):
            await plant_subscription(account, status="trialing", trial_end=day(30))
        clock.freeze(day(29.5))  # the worker had stood still for a month
        await noticing.notice_due(selling)
        await noticing.notice_due(selling)
    assert [row["kind"] for row in await owner.fetch("select kind from billing_notice")] == ["trial_ends_1"]
    assert [row["recipient"] for row in await owner.fetch("select recipient from mail")] == [
        "claire@example.org"
    ]


async def test_an_invoice_is_announced_and_recalled_and_paid_in_silence(
    claire: acting.Actor, selling: Settings, owner: Any
) -> None:
    clock.freeze(START)
    account = await plant_account(claire)
    async with as_the_worker(selling):
        async with transaction(None):
            invoice = await store.Invoice.create(
                id=new_id(), account_id=account.id, issuer=Issuer.STRIPE, state=InvoiceState.OPEN, number="F-7",
                issued_on=START.date(), due_on=day(30).date(), total=108_000,
            )  # fmt: skip
        told = []
        for number in (0, 1, 31, 37, 38, 60, 61, 90):
            clock.freeze(day(number))
            told += [(number, one.kind.value) for one in await noticing.notice(account.id, selling)]
            if number == 61:
                async with transaction(None):
                    await store.Invoice.filter(id=invoice.id).update(state=InvoiceState.PAID)
    assert told == [(0, "invoice"), (37, "overdue_7"), (60, "overdue_30")]
    subjects = [
        one["subject"]
        for one in await owner.fetch("select subject from mail where locale = 'en' order by created_at")
    ]
    assert subjects[0] == "Invoice F-7: €1,080"


async def test_nothing_is_written_where_nothing_is_sold_and_the_staff_hear_of_money_that_goes_back(
    claire: acting.Actor, selling: Settings, settings: Settings, owner: Any
) -> None:
    clock.freeze(START)
    account = await plant_account(claire)
    async with as_the_worker(selling):
        async with transaction(None):
            await plant_subscription(account, **unpaid(START))
            await store.BillingAccount.filter(id=account.id).update(disputed_at=START)
        assert await noticing.notice(account.id, settings) == []
        assert {one.kind.value for one in await noticing.notice(account.id, selling)} == {
            "payment_failed",
            "disputed",
        }
        for _ in range(2):
            await noticing.tell_staff(account.id, Notice.REFUNDED, "ch_1 5000", 5000, selling)
    staff = await owner.fetch(
        "select text from mail where recipient = $1 order by created_at, id", selling.contact
    )
    assert len(staff) == 2
    assert "SEM Transports du Val" in staff[0]["text"]
    assert "50" in staff[1]["text"]


async def test_two_workers_write_one_letter(claire: acting.Actor, selling: Settings, owner: Any) -> None:
    account = await plant_account(claire)
    async with as_the_worker(selling):
        async with transaction(None):
            await plant_subscription(account, **unpaid(clock.now()))
            known = await noticing._known(account, OFFERS)  # both looked before either wrote
        (letter,) = due(known)
        async with transaction(None):
            assert await noticing._claimed(account, letter)
        async with transaction(None):
            assert not await noticing._claimed(account, letter)
    assert await owner.fetchval("select count(*) from billing_notice") == 1


async def test_the_banner_is_for_those_who_decide(
    claire: acting.Actor, malik: acting.Actor, selling: Settings, settings: Settings
) -> None:
    account = await plant_account(claire)
    async with transaction(claire):
        await plant_subscription(account, **unpaid(clock.now()))
    sells = claire_selling(claire)
    async with reading(sells):
        banner = await banner_of(sells, OFFERS, selling)
        assert banner is not None
        assert banner.standing.state is State.PAST_DUE
        assert "gratuite" in banner.sentence
        assert await banner_of(sells, OFFERS, settings) is None
        assert await banner_of(claire, OFFERS, selling) is None  # a demonstration: everything is held
    async with reading(malik):
        assert await banner_of(replace(malik, rights=sells.rights), OFFERS, selling) is None


Deliver = Callable[[], Awaitable[None]]


async def test_every_letter_arrives_whole_in_both_languages(
    claire: acting.Actor, server: tuple[Postman, str], deliver: Deliver
) -> None:
    whose = Whose(Kind.ORGANISATION, "Transports du Val", "/o/transports-du-val/billing")
    filled = Due(
        Notice.FAILED, "x", "member", START.date(), START.date(), "F-7", 108_000, 14, 10, "", "visa 4242"
    )
    async with transaction(claire):
        for locale in ("fr", "en"):
            for kind in Notice:
                letter = replace(filled, kind=kind)
                await mails.write(
                    Reader(f"{kind}@{locale}.example", locale), letter, whose, OFFERS, "http://palier.test"
                )
    await deliver()
    taken = server[0].taken
    assert len(taken) == 2 * len(Notice)
    for message in taken:
        plain, dressed = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert dressed is not None
        text = plain.get_content()
        assert "http://palier.test/o/transports-du-val/billing" in text
        assert "%(" not in text + dressed.get_content() + str(message["Subject"])
        assert ("Bonjour" in text) == ("fr.example" in str(message["To"]))


def test_no_letter_says_what_it_does_not_know() -> None:
    last = START.date()
    for kind in Notice:
        with language.speaking("en"):
            subject, lines, step = said(
                Due(
                    kind, "x", "member", number="F-7", cents=100, day=last if kind is Notice.INVOICE else None
                ),
                "Val",
                Kind.ORGANISATION,
                OFFERS,
            )
        assert subject
        assert step
        assert lines
        assert "None" not in " ".join(lines)
    assert {kind for kind in Notice if kind in TO_STAFF} == {Notice.DISPUTED, Notice.REFUNDED}


def test_more_people_than_seats_is_told_once_for_each_number() -> None:
    facts = Facts(
        Kind.ORGANISATION,
        START,
        subscribed=Subscribed("member", Interval.YEAR, 10, "active"),
        used=12,
        allowed=10,
    )
    known = Known("a", facts, SUB, [Bill("i", "F-1", START.date(), 100)])
    found = due(known)
    assert {one.kind for one in found} == {Notice.OVER_LIMIT, Notice.INVOICE}
    known = replace(known, sent=frozenset((one.kind.value, one.about) for one in found))
    assert due(known) == []
    assert [one.kind for one in due(replace(known, facts=replace(facts, allowed=11)))] == [Notice.OVER_LIMIT]


def test_grace_ends_by_the_clock_alone() -> None:
    held = Held("member", Source.STRIPE, 10, START, day(60), day(74))
    moments = [day(60) - timedelta(seconds=1), day(60), day(74) - timedelta(seconds=1), day(74)]
    standings = [rights_from([held], Kind.ORGANISATION, OFFERS, at).standing for at in moments]
    assert standings == [Standing.ENDING, Standing.GRACE, Standing.GRACE, Standing.FREE]


async def test_what_somebody_held_falls_away_without_any_job(claire: acting.Actor, selling: Settings) -> None:
    async with transaction(claire):
        await grant(
            Kind.ORGANISATION, claire.organisation_id, "member", Source.STRIPE, SUB, valid_from=day(0), valid_to=day(60), grace_until=day(74)
        )  # fmt: skip
    payer = payer_of(claire_selling(claire))
    for at, severity in ((day(74), Severity.NOTICE), (day(110), Severity.QUIET)):
        clock.freeze(at)
        async with reading(claire):
            standing = await standing_of(payer, OFFERS, selling)
        assert (standing.state, standing.severity) == (State.LAPSED, severity)
        assert standing.since == day(74).date()
