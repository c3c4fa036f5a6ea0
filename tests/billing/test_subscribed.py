"""The life of a subscription: changed, ended and kept after all, unpaid and paid again; what is held follows."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from palier.billing.flows import buying, changing, pricing
from palier.billing.payers import Payer, payer_of
from palier.billing.rules.orders import CannotBuy, Change, Order, Why
from palier.billing.stripe import CardDeclined, Refused, Stripe
from palier.entitlements.rules.offers import Interval
from palier.foundation import actor as acting
from palier.foundation.database import only_reading
from tests.billing.counter import MEMBER, TRIAL, Tables, at_stripe, bought
from tests.billing.selling import ADDRESS, Selling
from tests.billing.stripe_peer import invoices, methods
from tests.billing.stripe_peer.charging import settle
from tests.billing.stripe_peer.methods import CONFIRM, FAILS_LATER, GOOD, IBAN_GOOD
from tests.billing.stripe_peer.world import Thing

YEAR, MONTH = Interval.YEAR, Interval.MONTH


@pytest.fixture
def payer(claire: acting.Actor) -> Payer:
    return payer_of(claire)


@pytest.fixture
def tables(owner: asyncpg.Connection) -> Tables:
    return Tables(owner)


def pays_with(selling: Selling, subscription: str, number: str) -> None:
    """Another means of payment, as the portal sets it."""
    there = at_stripe(selling, subscription)
    method = methods.attach(selling.world, methods.new(selling.world, number), there["customer"])
    selling.world.change("customer.subscription.updated", there, default_payment_method=method["id"])


async def test_more_seats_are_there_at_once_and_come_onto_the_next_invoice(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    await bought(selling, payer)
    selling.days_pass(73)
    wanted = Change("organisation", YEAR, 30)
    only_reading.set(True)  # a preview is shown by a GET
    seen = await changing.preview(payer, selling.till, wanted)
    only_reading.set(False)
    assert (seen.due_now, seen.tax, seen.credit) == (0, 0, 0)
    assert seen.next == pytest.approx(240_000 + 5 * 7_200 + 5 * 7_200 * 292 / 365, abs=2)
    assert (await tables.one("subscription"))["quantity"] == 25
    row = await changing.change(payer, selling.till, wanted)
    assert (row.quantity, row.amount) == (30, seen.next)
    assert (await tables.one("entitlement"))["quantity"] == 30
    assert (await changing.change(payer, selling.till, wanted)).quantity == 30
    for quantity in (28, 30):  # there and back within a day: not mistaken for the same wish
        assert (
            await changing.change(payer, selling.till, Change("organisation", YEAR, quantity))
        ).quantity == quantity
    await selling.told(shuffle=1)
    assert (await tables.trail()).count("billing.changed") == 3
    fewer = await changing.preview(payer, selling.till, Change("organisation", YEAR, 20))
    assert fewer.next < seen.next
    assert (await changing.change(payer, selling.till, Change("organisation", YEAR, 20))).quantity == 20
    assert (await tables.one("entitlement"))["quantity"] == 25  # never less than what the offer includes


async def test_another_interval_is_invoiced_at_once_and_a_refused_card_changes_nothing(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(selling, payer, Order("organisation", MONTH, 25))
    wanted = Change("organisation", YEAR, 25)
    seen = await changing.preview(payer, selling.till, wanted)
    assert seen.due_now == pytest.approx(240_000 - 24_000, abs=2_000)
    assert seen.next == 240_000
    assert seen.on
    pays_with(selling, subscription, FAILS_LATER)
    with pytest.raises(CardDeclined):
        await changing.change(payer, selling.till, wanted)
    assert (await tables.one("subscription"))["interval"] == "month"
    await selling.told()
    assert await tables.held() == [("stripe", "organisation")]
    pays_with(selling, subscription, GOOD)
    row = await changing.change(payer, selling.till, wanted)
    assert (row.interval, row.status) == (YEAR, "active")
    await selling.told(times=2, shuffle=2)
    assert await tables.count("invoice", "state = 'paid'") == 2
    await refused(Why.NOT_OFFERED, changing.change(payer, selling.till, Change("network", YEAR, 25)))


async def refused(why: Why, act: Any) -> None:
    with pytest.raises(CannotBuy) as refusal:
        await act
    assert refusal.value.why is why


async def test_ending_can_wait_be_taken_back_and_be_at_once(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    for act in (changing.undo(payer, selling.till), changing.cancel(payer, selling.till, now=True)):
        await refused(Why.NOT_SUBSCRIBED, act)
    await bought(selling, payer)
    for _ in range(2):
        row = await changing.cancel(payer, selling.till, now=False)
        assert row.cancel_at_period_end
        assert (await tables.one("entitlement"))["valid_to"] == row.period_end
        assert not (await changing.undo(payer, selling.till)).cancel_at_period_end
        assert (await tables.one("entitlement"))["valid_to"] is None
    await selling.told(shuffle=1)
    there = selling.world.of("subscription")[0]
    day = selling.world.now() + 40 * 86_400
    await selling.till.post(f"subscriptions/{there['id']}", {"cancel_at": day}, "by the dashboard")
    await selling.told()
    assert int((await tables.one("entitlement"))["valid_to"].timestamp()) == day
    assert (await changing.undo(payer, selling.till)).cancel_at is None
    ended = await changing.cancel(payer, selling.till, now=True)
    assert ended.status == "canceled"
    assert await tables.held() == []
    await refused(Why.NOT_SUBSCRIBED, changing.cancel(payer, selling.till, now=True))
    assert await bought(selling, payer) != ended.id
    assert await tables.held() == [("stripe", "organisation")]
    row = await changing.cancel(payer, selling.till, now=False)
    selling.days_pass(366)
    await selling.told(shuffle=2)
    assert (await tables.one("subscription", f"id = '{row.id}'"))["status"] == "canceled"
    assert await tables.held() == []


async def unpaid(selling: Selling, payer: Payer, number: str = FAILS_LATER) -> str:
    """A renewal that its card does not pay, a day after it was due."""
    subscription = await bought(selling, payer, Order("organisation", MONTH, 25))
    pays_with(selling, subscription, number)
    selling.days_pass(32)
    await selling.told(shuffle=3)
    return subscription


async def test_a_renewal_that_fails_keeps_everything_open_until_the_retry_pays(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await unpaid(selling, payer)
    row = await tables.one("subscription")
    assert row["status"] == "past_due"
    assert row["action_url"]
    assert await tables.held() == [("stripe", "organisation")]
    held = await tables.one("entitlement")
    assert held["valid_to"] == row["past_due_since"]
    assert held["grace_until"] - held["valid_to"] == timedelta(days=14)
    selling.days_pass(2)
    await selling.told()
    assert (await tables.one("entitlement"))["valid_to"] == held[
        "valid_to"
    ]  # the grace is not renewed by looking
    pays_with(selling, subscription, GOOD)
    selling.days_pass(5)
    await selling.told(shuffle=1)
    row, held = await tables.one("subscription"), await tables.one("entitlement")
    assert (row["status"], row["past_due_since"], row["action_url"], held["valid_to"], held["grace_until"]) == (
        "active", None, "", None, None,
    )  # fmt: skip
    trail = await tables.trail()
    assert trail.index("billing.payment_failed") < trail.index("billing.payment_recovered")


@pytest.mark.parametrize("last", ["canceled", "unpaid"])
async def test_dunning_that_fails_ends_what_was_paid_for(
    selling: Selling, payer: Payer, tables: Tables, last: str
) -> None:
    selling.world.end_of_dunning = last
    await unpaid(selling, payer)
    selling.days_pass(14)
    assert await tables.held() == []  # the grace is over whether or not anybody told
    selling.days_pass(10)
    await selling.told(shuffle=1)
    assert (await tables.one("subscription"))["status"] == last
    assert await tables.held() == []
    if last == "canceled":
        assert await bought(selling, payer)
        assert await tables.held() == [("stripe", "organisation")]


async def test_a_bank_that_asks_the_holder_is_pointed_at_until_they_confirm(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    await unpaid(selling, payer, CONFIRM)
    row = await tables.one("subscription")
    assert row["status"] == "past_due"
    assert row["confirm_asked_at"]
    async with selling.at_stripe() as browser:
        await browser.post(row["action_url"], data={"do": "confirm"})
    await selling.told(shuffle=1)
    row = await tables.one("subscription")
    assert (row["status"], row["confirm_asked_at"], row["action_url"]) == ("active", None, "")


async def test_a_trial_with_a_card_goes_on_and_is_paid(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    await bought(selling, payer, TRIAL, number=GOOD)
    assert await tables.held() == [("trial", "organisation")]
    assert (await tables.one("subscription"))["amount"] == 24_000
    selling.days_pass(31)
    await selling.told(shuffle=1)
    assert await tables.held() == [("stripe", "organisation")]
    assert (
        await tables.count("entitlement", "source = 'trial' and valid_to < now() + interval '40 days'") == 1
    )
    assert (await tables.trail()).count("billing.trial_ended") == 1


async def test_an_invoice_of_a_public_body_falls_overdue_and_is_paid_late(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    await changing.by_invoice(payer, selling.till, MEMBER)
    selling.days_pass(40)
    await selling.told(shuffle=1)
    invoice = await tables.one("invoice")
    assert (invoice["state"], invoice["due_on"] < invoice["synced_at"].date()) == ("open", True)
    assert await tables.held() == [("stripe", "organisation")]
    there = selling.world.get("invoice", invoice["stripe_invoice"])
    invoices.paid(selling.world, there, out_of_band=True)
    await selling.told(shuffle=1)
    invoice = await tables.one("invoice")
    assert (invoice["state"], invoice["paid_on"] is not None) == ("paid", True)
    assert "billing.invoice_paid" in await tables.trail()


async def test_an_invoice_that_cannot_be_finalised_says_why(
    selling: Selling, payer: Payer, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selling.till, "tax", True)
    await changing.by_invoice(payer, selling.till, MEMBER)
    selling.days_pass(1)
    await selling.told(shuffle=1)
    invoice = await tables.one("invoice")
    assert (invoice["state"], invoice["problem"]) == ("draft", "customer_tax_location_invalid")
    assert (await tables.trail()).count("billing.invoice_not_finalised") == 1
    assert await tables.held() == [("stripe", "organisation")]


async def test_promotion_codes_take_something_off_until_they_are_used_up(
    selling: Selling, payer: Payer, nora: acting.Actor, tables: Tables
) -> None:
    coupon = await selling.till.post(
        "coupons", {"percent_off": 50, "duration": "once", "max_redemptions": 1}, "k1"
    )
    code = {"promotion": {"type": "coupon", "coupon": coupon["id"]}, "code": "VAL50", "max_redemptions": 1}
    await selling.till.post("promotion_codes", code, "k2")

    async def with_code(url: str) -> str:
        async with selling.at_stripe() as browser:
            return (await browser.post(url, data={"do": "apply", "code": "VAL50"})).text

    url = await buying.begin(payer, selling.till, MEMBER, ADDRESS)
    assert "1,200.00" in await with_code(url)
    assert (await selling.pay(url, GOOD)).status_code == 303
    await selling.told()
    assert (await tables.one("invoice"))["net"] == 120_000
    assert (await tables.one("subscription"))["amount"] == 240_000
    second = await buying.begin(payer_of(nora), selling.till, MEMBER, ADDRESS)
    assert "role=alert" in await with_code(second)


async def test_an_archived_price_keeps_its_subscribers_and_others_get_the_new_one(
    selling: Selling, payer: Payer, nora: acting.Actor, tables: Tables
) -> None:
    await bought(selling, payer)
    old = selling.world.of("subscription")[0]["items"]["data"][0]["price"]
    await selling.till.post(f"prices/{old['id']}", {"active": False}, "k")
    await refused(Why.NO_PRICE, buying.begin(payer_of(nora), selling.till, MEMBER, ADDRESS))
    made = await make_prices(selling.till)
    assert made == ["palier_organisation_year"]
    await bought(selling, payer_of(nora))
    assert (await changing.change(payer, selling.till, Change("organisation", YEAR, 31))).quantity == 31
    prices = [row["items"]["data"][0]["price"]["id"] for row in selling.world.of("subscription")]
    assert prices[0] == old["id"] != prices[1]
    await selling.told(shuffle=1)
    assert await tables.waiting() == []
    assert await tables.held() == [("stripe", "organisation")] * 2


async def make_prices(till: Stripe) -> list[str]:
    return [one.lookup_key for one in await pricing.make(till) if one.state == "made"]


async def test_the_portal_shows_means_of_payment_and_invoices_and_nothing_that_we_count(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(selling, payer, number=IBAN_GOOD)
    for _ in range(2):
        url = await changing.portal(payer, selling.till, ADDRESS)
    configurations: list[Thing] = selling.world.of("billing_portal.configuration")
    assert len(configurations) == 1
    features = configurations[0]["features"]
    assert not features["subscription_update"]["enabled"]
    assert features["subscription_cancel"]["mode"] == "at_period_end"
    async with selling.at_stripe() as browser:
        assert (await browser.get(url)).status_code == 200
        answer = await browser.post(url, data={"do": "replace", "card": GOOD})
    assert answer.status_code < 400
    await selling.told()
    there = at_stripe(selling, subscription)
    settle(selling.world, selling.world.get("invoice", there["latest_invoice"]), None)
    await selling.told()
    assert (await tables.one("checkout"))["state"] == "paid"
    with pytest.raises(Refused):
        await selling.till.read("nothing/of/the/kind")
