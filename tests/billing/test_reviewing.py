"""The nightly comparison: weeks without a webhook leave no trace; prices follow the file of offers."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from palier.billing.flows import pricing, reviewing, watching
from palier.billing.flows.pricing import State
from palier.billing.payers import Payer, payer_of
from palier.billing.rules.orders import Order
from palier.billing.stripe import Refused, TillAway
from palier.entitlements.rules.offers import Interval, Price
from palier.foundation import actor as acting
from tests.billing.counter import Tables, bought
from tests.billing.selling import Selling
from tests.billing.stripe_peer import methods
from tests.billing.stripe_peer.methods import GOOD, IBAN_BAD
from tests.billing.stripe_peer.world import Trouble
from tests.conftest import Cast
from tests.roles import as_the_worker


@pytest.fixture
def payer(claire: acting.Actor) -> Payer:
    return payer_of(claire)


@pytest.fixture
def tables(owner: asyncpg.Connection) -> Tables:
    return Tables(owner)


async def review(selling: Selling) -> Any:
    async with as_the_worker(selling.settings):
        return await reviewing.review(selling.till)


async def test_a_week_of_lost_events_is_made_good_in_one_night(
    selling: Selling, payer: Payer, cast: Cast, tables: Tables
) -> None:
    nora, hugo = payer_of(cast.actor("nora", "clinic")), payer_of(cast.people["hugo"])
    ending = await bought(selling, payer)
    await bought(selling, nora, number=IBAN_BAD)
    grown = await bought(selling, hugo, Order("consultant", Interval.MONTH, 10))
    await selling.told()
    await selling.till.post(f"subscriptions/{ending}", {"cancel_at_period_end": True}, "k1")
    item = selling.world.get("subscription", grown)["items"]["data"][0]["id"]
    await selling.till.post(f"subscriptions/{grown}", {"items": [{"id": item, "quantity": 14}]}, "k2")
    stranger = await selling.till.post("customers", {"name": "Another shop"}, "k3")
    method = methods.attach(selling.world, methods.new(selling.world, GOOD), stranger["id"])
    price = selling.world.of("price")[0]["id"]
    asked = {"customer": stranger["id"], "items": [{"price": price}], "default_payment_method": method["id"]}
    await selling.till.post("subscriptions", asked, "k4")
    selling.days_pass(9)
    selling.post.take()  # none of it ever arrives
    assert len(await tables.held()) == 3
    row = await review(selling)
    assert (row.subscriptions, row.error) == (4, "")
    assert row.mended >= 2
    assert await tables.waiting() == []
    assert (await tables.one("subscription", f"id = '{ending}'"))["cancel_at_period_end"] is True
    assert (await tables.one("subscription", f"id = '{grown}'"))["quantity"] == 14
    assert (await tables.one("entitlement", f"source_ref = '{grown}'"))["quantity"] == 14
    assert (
        await tables.one(
            "checkout", f"account_id in (select id from billing_account where organisation_id = '{nora.id}')"
        )
    )["state"] == "failed"
    assert len(await tables.held()) == 2
    trail, events = await tables.trail(), await tables.count("stripe_event")
    again = await review(selling)
    assert (again.mended, await tables.trail(), await tables.count("stripe_event")) == (0, trail, events)
    assert again.events_until == row.events_until > 0


async def test_a_comparison_that_breaks_off_begins_again_where_it_was(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    await bought(selling, payer)
    for troubles in ([Trouble.UNAVAILABLE] * 3, [Trouble.REFUSED] * 3):
        selling.in_trouble(*troubles)
        with pytest.raises(TillAway):
            await review(selling)
    assert await tables.count("stripe_review", "error = 'Stripe could not be reached'") == 2
    assert (await review(selling)).error == ""
    assert await tables.count("stripe_event", "processed_at is not null") == len(selling.world.events)
    # Another account's key: nobody loses anything, and the staff are told.
    selling.world.things["subscription"].clear()
    row = await review(selling)
    assert row.error.startswith("1 subscriptions run here and are unknown to Stripe")
    assert await tables.held() == [("stripe", "organisation")]
    async with as_the_worker(selling.settings):
        seen = await watching.status()
    assert (seen.running, seen.owing, seen.waiting, seen.failing) == (1, 0, 0, 0)
    assert seen.review_error == row.error


async def test_lists_are_read_to_their_last_page(
    selling: Selling, payer: Payer, monkeypatch: pytest.MonkeyPatch, tables: Tables
) -> None:
    monkeypatch.setattr("palier.billing.stripe.PAGE", 3)
    await bought(selling, payer)
    assert (await review(selling)).error == ""
    assert await tables.count("stripe_event") == len(selling.world.events) > 9


async def test_prices_are_made_once_compared_and_replaced_only_on_demand(
    selling: Selling, monkeypatch: pytest.MonkeyPatch, payer: Payer
) -> None:
    till, world = selling.till, selling.world
    sold = [offer for offer in till.offers.every.values() if not offer.free]
    assert len(world.of("price")) == 2 * len(sold)
    assert len(world.of("product")) == len(sold)
    assert {one.state for one in await pricing.make(till)} == {State.SAME}
    assert {one.state for one in await pricing.compare(till)} == {State.SAME}
    subscription = await bought(selling, payer)
    dearer = replace(till.offers.every["organisation"], prices={Interval.YEAR: Price(260_000, 25, 8_000)})
    monkeypatch.setattr(till, "offers", replace(till.offers, every={"organisation": dearer}))
    (differs,) = await pricing.make(till)
    assert (differs.state, len(differs.differs)) == (State.DIFFERENT, 1)
    assert "240000" in differs.differs[0]
    (made,) = await pricing.make(till, replace=True)
    assert made.state is State.MADE
    assert [one.state for one in await pricing.compare(till)] == [State.SAME]
    old = world.get("subscription", subscription)["items"]["data"][0]["price"]
    assert (old["lookup_key"], old["metadata"]["offer"]) == (None, "organisation")
    assert (await review(selling)).error == ""  # whoever pays the old price keeps the offer
    assert len(world.of("product")) == len(sold)


async def test_a_key_that_is_refused_is_said_so(
    selling: Selling, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selling.till, "_key", "sk_test_other")
    await selling.till.close()
    with pytest.raises(Refused):
        await review(selling)
    assert (await tables.one("stripe_review"))["error"].startswith("Stripe refused:")
    await selling.till.close()
