"""Where a payer stands: one thing at a time, in words that never promise what is past or what will not be."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.billing.payers import payer_of
from palier.billing.rules.facts import Agreed, Ended, Facts, Ordered, Owed, Place, Subscribed
from palier.billing.rules.standing import Severity, Standing, State, Step, standing_from
from palier.billing.rules.states import AgreementState, CheckoutState, Collection, SponsorshipState
from palier.billing.standing_wording import told
from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Interval, Kind, Source
from palier.foundation import clock, language
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.permissions import Role

OFFERS = offers_in(Path(__file__).parents[2] / "offers.yaml")
NOON = datetime(2027, 3, 10, 11, 0, tzinfo=UTC)


def days(count: int) -> datetime:
    return NOON + timedelta(days=count)


def on(count: int) -> date:
    return days(count).date()


PAID = Subscribed(
    "member", Interval.YEAR, 10, "active", period_end=days(200), method="visa 4242", cents=90_000
)
TRIED = replace(PAID, status="trialing", trial_end=days(20), method="")
LATE = replace(PAID, status="past_due", past_due_since=days(-4), gone=days(10))
OWED = Owed("F-2027-0007", on(20), 108_000)
GIVES = Place("Réseau des Vallées", "member", SponsorshipState.ACTIVE)
AGREED = Agreed("organisation", AgreementState.ACTIVE, on(-30), on(300))
PLAIN = Facts(Kind.ORGANISATION, NOON, allowed=10, used=4)

Case = tuple[Facts, State, Severity, Step, date | None]
CASES: dict[str, Case] = {
    "nothing is sold": (replace(PLAIN, sells=False, subscribed=LATE), State.OPEN, Severity.QUIET, Step.NONE, None),
    "nothing was ever bought": (PLAIN, State.FREE, Severity.QUIET, Step.CHOOSE, None),
    "a trial without a card": (replace(PLAIN, subscribed=TRIED), State.TRIAL, Severity.QUIET, Step.PAYMENT, on(20)),
    "a trial's last week": (replace(PLAIN, subscribed=replace(TRIED, trial_end=days(7))), State.TRIAL, Severity.NOTICE, Step.PAYMENT, on(7)),
    "a trial that nobody at Stripe knows of": (replace(PLAIN, trial_until=days(9), trial_offer="member"), State.TRIAL, Severity.QUIET, Step.CHOOSE, on(9)),
    "a trial with a card": (replace(PLAIN, subscribed=replace(TRIED, method="visa 4242")), State.TRIAL_GOES_ON, Severity.QUIET, Step.DETAILS, on(20)),
    "a trial that was cancelled": (replace(PLAIN, subscribed=replace(TRIED, ends=days(20))), State.CANCELLED, Severity.NOTICE, Step.UNDO, on(20)),
    "a trial that paused": (replace(PLAIN, subscribed=replace(TRIED, status="paused", trial_end=days(-1))), State.TRIAL_PAUSED, Severity.NOTICE, Step.PAYMENT, None),
    "paid": (replace(PLAIN, subscribed=PAID), State.ACTIVE, Severity.QUIET, Step.DETAILS, on(200)),
    "paid, and changed meanwhile": (replace(PLAIN, subscribed=replace(PAID, cents=93_500)), State.CHANGED, Severity.QUIET, Step.DETAILS, on(200)),
    "paid, and no longer sold": (replace(PLAIN, subscribed=replace(PAID, offer="golden")), State.RETIRED, Severity.QUIET, Step.DETAILS, on(200)),
    "a renewal nobody has heard of yet": (replace(PLAIN, subscribed=replace(PAID, period_end=days(-1))), State.ACTIVE, Severity.QUIET, Step.DETAILS, None),
    "cancelled": (replace(PLAIN, subscribed=replace(PAID, ends=days(200))), State.CANCELLED, Severity.NOTICE, Step.UNDO, on(200)),
    "a cancellation whose day came": (replace(PLAIN, subscribed=replace(PAID, ends=days(-1))), State.LAPSED, Severity.NOTICE, Step.CHOOSE, None),
    "in grace": (replace(PLAIN, subscribed=LATE), State.PAST_DUE, Severity.WARNING, Step.PAYMENT, on(10)),
    "after the grace": (replace(PLAIN, subscribed=replace(LATE, gone=days(-1))), State.GRACE_OVER, Severity.WARNING, Step.PAYMENT, None),
    "a renewal the bank wants confirmed": (replace(PLAIN, subscribed=replace(LATE, action_url="https://bank.example/3ds", to_confirm=True)), State.CONFIRM, Severity.WARNING, Step.CONFIRM, on(10)),
    "a first payment the bank wants confirmed": (replace(PLAIN, subscribed=replace(PAID, status="incomplete", action_url="https://bank.example/3ds", to_confirm=True)), State.CONFIRM, Severity.WARNING, Step.CONFIRM, None),
    "a first payment that failed": (replace(PLAIN, subscribed=replace(PAID, status="incomplete")), State.INCOMPLETE, Severity.NOTICE, Step.PAYMENT, None),
    "a direct debit on its way": (replace(PLAIN, ordered=Ordered("member", CheckoutState.PENDING, days(-2))), State.ON_ITS_WAY, Severity.NOTICE, Step.NONE, None),
    "a payment page left open": (replace(PLAIN, ordered=Ordered("member", CheckoutState.OPEN, days(1), "https://pay.example")), State.CHECKOUT, Severity.NOTICE, Step.RESUME, on(1)),
    "a payment page that closed": (replace(PLAIN, ordered=Ordered("member", CheckoutState.OPEN, days(-1))), State.FREE, Severity.QUIET, Step.CHOOSE, None),
    "an invoice": (replace(PLAIN, subscribed=PAID, owed=OWED), State.INVOICED, Severity.QUIET, Step.PAY, on(20)),
    "an invoice due in days": (replace(PLAIN, agreed=AGREED, owed=replace(OWED, due=on(5))), State.INVOICED, Severity.NOTICE, Step.PAY, on(5)),
    "an invoice overdue": (replace(PLAIN, agreed=AGREED, owed=replace(OWED, due=on(-5))), State.OVERDUE, Severity.WARNING, Step.PAY, on(25)),
    "an invoice long overdue": (replace(PLAIN, agreed=AGREED, owed=replace(OWED, due=on(-31))), State.OVERDUE, Severity.WARNING, Step.PAY, None),
    "a subscription by invoice, unpaid": (
        replace(PLAIN, subscribed=replace(LATE, collection=Collection.INVOICE, gone=days(26)), owed=replace(OWED, due=on(-4))),
        State.OVERDUE, Severity.WARNING, Step.PAY, on(26)),
    "a dispute": (replace(PLAIN, subscribed=PAID, disputed=days(-2)), State.DISPUTED, Severity.WARNING, Step.DETAILS, None),
    "asked by hand": (replace(PLAIN, agreed=replace(AGREED, state=AgreementState.ASKED)), State.ASKED, Severity.QUIET, Step.DETAILS, None),
    "agreed from a day to come": (replace(PLAIN, agreed=replace(AGREED, starts=on(12))), State.BEGINS, Severity.QUIET, Step.DETAILS, on(12)),
    "agreed": (replace(PLAIN, agreed=AGREED), State.AGREED, Severity.QUIET, Step.DETAILS, on(300)),
    "an agreement near its end": (replace(PLAIN, agreed=replace(AGREED, ends=on(30))), State.AGREEMENT_ENDS, Severity.NOTICE, Step.RENEW, on(30)),
    "an agreement that ended": (
        replace(PLAIN, agreed=replace(AGREED, ends=on(-1)), ended=Ended("organisation", Source.MANUAL, days(-1))),
        State.LAPSED, Severity.NOTICE, Step.CHOOSE, None),
    "a gift": (replace(PLAIN, given="organisation"), State.GIVEN, Severity.QUIET, Step.NONE, None),
    "invited to a place": (replace(PLAIN, places=[replace(GIVES, state=SponsorshipState.INVITED)]), State.INVITED, Severity.NOTICE, Step.ANSWER, None),
    "a place": (replace(PLAIN, places=[GIVES]), State.SPONSORED, Severity.QUIET, Step.NONE, None),
    "a place that ends": (replace(PLAIN, places=[replace(GIVES, ends=on(15))]), State.PLACE_ENDS, Severity.NOTICE, Step.CHOOSE, on(15)),
    "a place and a subscription": (replace(PLAIN, places=[GIVES], subscribed=PAID), State.DOUBLE, Severity.NOTICE, Step.ONE_OF_TWO, on(200)),
    "a place, and a subscription that ends": (replace(PLAIN, places=[GIVES], subscribed=replace(PAID, ends=days(200))), State.CANCELLED, Severity.NOTICE, Step.UNDO, on(200)),
    "more people than seats": (replace(PLAIN, subscribed=PAID, used=14), State.OVER_LIMIT, Severity.NOTICE, Step.MAKE_ROOM, None),
    "an offer that ended lately": (replace(PLAIN, ended=Ended("member", Source.STRIPE, days(-3))), State.LAPSED, Severity.NOTICE, Step.CHOOSE, None),
    "an offer that ended long ago": (replace(PLAIN, ended=Ended("member", Source.STRIPE, days(-90))), State.LAPSED, Severity.QUIET, Step.CHOOSE, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_situation_has_its_standing(name: str) -> None:
    facts, state, severity, step, day = CASES[name]
    said = standing_from(facts, OFFERS)
    assert (said.state, said.severity, said.step, said.day) == (state, severity, step, day)


def test_every_state_is_met() -> None:
    assert {state for _, state, *_ in CASES.values()} == set(State)


PAYER = payer_of(
    Actor(
        Person(uuid4(), "Claire Lambert", "claire@example.org"), Organisation(uuid4(), "val", "Transports du Val"), Role.OWNER
    )
)  # fmt: skip
PROMISES = re.compile(
    r"delet|eras|remov|supprim|effac|détrui|perd(?!\s+rien)|los(?:e|es|t)\b(?! anything)", re.IGNORECASE
)


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("name", CASES)
def test_each_situation_is_told_whole(name: str, locale: str) -> None:
    clock.freeze(NOON)
    try:
        with language.speaking(locale):
            said = told(standing_from(CASES[name][0], OFFERS), PAYER, OFFERS)
    finally:
        clock.freeze(None)
    text = f"{said.title} {said.sentence}"
    assert said.title
    assert said.lines
    assert "%" not in text.replace("\u00a0%", "")
    assert not PROMISES.search(text), text
    assert bool(said.label) == (said.standing.step is not Step.NONE)
    assert said.path.startswith(("/o/val/billing", "https://"))


def test_the_bank_s_page_and_the_invoice_s_are_the_next_step() -> None:
    confirm = standing_from(CASES["a renewal the bank wants confirmed"][0], OFFERS)
    assert told(confirm, PAYER, OFFERS).path == "https://bank.example/3ds"
    invoice = standing_from(replace(PLAIN, owed=replace(OWED, address="https://invoice.example/7")), OFFERS)
    assert told(invoice, PAYER, OFFERS).path == "https://invoice.example/7"


moments = st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
dates = st.dates(date(2026, 1, 1), date(2028, 12, 31))
offers = st.sampled_from(["member", "organisation", "golden"])
subscriptions = st.builds(
    Subscribed, offers, st.sampled_from(Interval), st.integers(1, 40),
    st.sampled_from(["trialing", "active", "past_due", "incomplete", "incomplete_expired", "unpaid", "paused", "canceled", "new word"]),
    st.sampled_from(Collection), moments, moments, moments, moments, moments, moments, st.sampled_from(["", "visa 4242"]),
    st.sampled_from(["", "https://bank.example"]), st.booleans(), st.none() | st.integers(0, 10**7),
)  # fmt: skip
situations = st.builds(
    Facts, st.just(Kind.ORGANISATION), st.datetimes(datetime(2026, 6, 1), datetime(2028, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    sells=st.booleans(), disputed=moments, subscribed=st.none() | subscriptions,
    ordered=st.none() | st.builds(Ordered, offers, st.sampled_from(CheckoutState), moments.filter(bool)),
    owed=st.none() | st.builds(Owed, st.just("F-1"), dates, st.integers(0, 10**7)),
    agreed=st.none() | st.builds(Agreed, offers, st.sampled_from(AgreementState), st.none() | dates, st.none() | dates),
    places=st.lists(st.builds(Place, st.just("Réseau"), offers, st.sampled_from(SponsorshipState), st.none() | dates), max_size=2),
    given=st.sampled_from(["", "organisation"]), trial_until=moments, trial_offer=offers,
    ended=st.none() | st.builds(Ended, offers, st.sampled_from(Source), moments.filter(bool)),
    used=st.integers(0, 30), allowed=st.none() | st.integers(0, 30), trial_used=st.booleans(),
)  # fmt: skip


@given(situations)
def test_whatever_the_tables_hold_there_is_one_standing_and_its_days_are_on_their_side(facts: Facts) -> None:
    said = standing_from(facts, OFFERS)
    assert isinstance(said, Standing)
    assert said.day is None or said.day >= facts.today
    assert said.since is None or said.since <= facts.today
    clock.freeze(facts.at)
    try:
        words = told(said, PAYER, OFFERS)
    finally:
        clock.freeze(None)
    assert words.title
    assert words.lines
    assert not PROMISES.search(words.sentence)
