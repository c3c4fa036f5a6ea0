"""Buying at Stripe World: a second Stripe, made by others, agrees with what Palier does and with what our own peer says.

Its Python starts in twenty seconds, so all of this is long. It knows no Checkout, portal, tax ids or previews: those are our peer's.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar import Litestar

from palier.billing.flows import buying, changing, reviewing
from palier.billing.payers import Payer, payer_of
from palier.billing.rules import reading
from palier.billing.rules.orders import Change, Order
from palier.billing.rules.states import CheckoutState
from palier.billing.stripe import Stripe
from palier.entitlements.rules.offers import Interval
from palier.foundation import actor as acting
from palier.foundation.database import only_reading
from palier.foundation.settings import Settings
from tests.billing import stripe_world
from tests.billing.counter import Tables
from tests.billing.selling import ADDRESS, KEY, Selling, Wire, beside
from tests.billing.stripe_peer.happenings import card
from tests.billing.stripe_peer.methods import DECLINED, FAILS_LATER, GOOD
from tests.billing.stripe_peer.time import forward
from tests.billing.stripe_peer.world import Thing, World
from tests.billing.stripe_world import Account
from tests.roles import as_the_worker

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(stripe_world.missing()), reason=stripe_world.missing()),
]
ORDER = Order("organisation", Interval.MONTH, 25)
UNMODELLED = {
    "customers invoice_settings[custom_fields]", "subscriptions automatic_tax",
    "subscriptions payment_settings[payment_method_options][customer_balance]",
}  # fmt: skip
"""What Palier may ask that Stripe World does not model. Anything else would be news."""


@pytest.fixture(scope="module")
def stripe_world_address() -> Iterator[str]:
    """Stripe World, started once."""
    with stripe_world.running() as address:
        yield address


@pytest.fixture
async def account(stripe_world_address: str, wire: Wire) -> AsyncIterator[Account]:
    """An account of this test's own; the till leads there."""
    account = Account(stripe_world_address, f"palier-{uuid4().hex[:12]}", KEY)
    wire.end = account
    yield account
    wire.end = None
    await account.aclose()
    assert account.shadow.faults == [], "\n".join(account.shadow.faults)
    assert account.shadow.slips == []
    assert account.unmodelled <= UNMODELLED


@pytest.fixture
async def there(stage: Litestar, selling_app: Litestar, account: Account, till: Stripe, selling_settings: Settings) -> Selling:  # fmt: skip
    """Palier that sells at Stripe World."""
    return await beside(account.shadow, selling_app, till, selling_settings)


@pytest.fixture
def payer(claire: acting.Actor) -> Payer:
    return payer_of(claire)


@pytest.fixture
def tables(owner: asyncpg.Connection) -> Tables:
    return Tables(owner)


async def bought(there: Selling, account: Account, payer: Payer, order: Order = ORDER) -> str:
    only_reading.set(False)
    await buying.begin(payer, there.till, order, ADDRESS)
    session = account.shadow.of("checkout.session")[-1]
    assert await account.pay(session["id"], GOOD)
    ident = UUID(session["success_url"].rpartition("/")[2])
    assert (await buying.returned(payer, there.till, ident)).state is CheckoutState.PAID
    return str(session["subscription"])


async def follow(there: Selling, account: Account, **how: Any) -> None:
    """The events of Stripe World come, and the worker follows them."""
    await account.fetch_events()
    await there.told(**how)


async def test_buying_renewing_failing_and_ending(there: Selling, account: Account, payer: Payer, tables: Tables) -> None:  # fmt: skip
    """Declined, then paid; held before any event; doubled and shuffled events change nothing; then a year of troubles."""
    only_reading.set(False)
    url = await buying.begin(payer, there.till, ORDER, ADDRESS)
    assert await buying.begin(payer, there.till, ORDER, ADDRESS) == url
    session = account.shadow.of("checkout.session")[0]
    assert not await account.pay(session["id"], DECLINED)
    assert await tables.count("entitlement", "source = 'stripe'") == 0
    subscription = await bought(there, account, payer)
    assert len(account.shadow.of("checkout.session")) == 1
    assert (await tables.one("entitlement", "source = 'stripe'"))["offer"] == "organisation"
    await follow(there, account, times=2, shuffle=11)
    assert await tables.count("stripe_event") == len(account.shadow.events)
    assert await tables.count("stripe_event", "processed_at is null or error <> ''") == 0
    begun = await tables.one("subscription")

    await account.act("renew", subscription)
    await follow(there, account)
    renewed = await tables.one("subscription")
    assert renewed["period_start"] == begun["period_end"]
    assert await tables.count("invoice", "state = 'paid'") == 2

    customer = (await tables.one("billing_account"))["stripe_customer"]
    method = await account.give_card(customer, FAILS_LATER)
    await account.ask("POST", f"subscriptions/{subscription}", default_payment_method=method)
    await account.act("renew", subscription)
    await follow(there, account, shuffle=5)
    failing = await tables.one("subscription")
    assert failing["status"] == "past_due"
    assert failing["past_due_since"] is not None
    assert (await tables.one("entitlement", "source = 'stripe'"))["grace_until"] is not None

    await account.act("end_dunning", subscription)
    await follow(there, account)
    assert (await tables.one("subscription"))["status"] == "canceled"
    assert (
        await tables.count("entitlement", "source = 'stripe' and (valid_to is null or valid_to > now())") == 0
    )


async def test_quantity_undo_and_a_lost_week(there: Selling, account: Account, payer: Payer, tables: Tables) -> None:  # fmt: skip
    """More seats, prorated; an end planned and taken back; then events nobody brought are found at night."""
    subscription = await bought(there, account, payer)
    told = await changing.preview(payer, there.till, Change("organisation", Interval.MONTH, 30))
    assert told.next > 0
    assert (await changing.change(payer, there.till, Change("organisation", Interval.MONTH, 30))).quantity == 30  # fmt: skip
    assert (await changing.cancel(payer, there.till, now=False)).cancel_at_period_end
    assert not (await changing.undo(payer, there.till)).cancel_at_period_end
    await account.act("renew", subscription)
    async with as_the_worker(there.settings):
        await reviewing.review(there.till)
    renewed = await tables.one("subscription")
    at_stripe = await account.ask("GET", f"subscriptions/{subscription}")
    assert renewed["period_end"].timestamp() == at_stripe["items"]["data"][0]["current_period_end"]
    assert (await changing.cancel(payer, there.till, now=True)).status == "canceled"


async def test_an_invoice_that_is_paid_by_transfer(there: Selling, account: Account, payer: Payer, tables: Tables) -> None:  # fmt: skip
    only_reading.set(False)
    row = await changing.by_invoice(payer, there.till, ORDER)
    assert await changing.by_invoice(payer, there.till, ORDER) == row
    assert (row.status, str(row.collection)) == ("active", "send_invoice")
    at_stripe = await account.ask("GET", f"subscriptions/{row.id}")
    invoice = await account.ask("POST", f"invoices/{at_stripe['latest_invoice']}/finalize")
    await account.ask("POST", f"invoices/{invoice['id']}/pay", paid_out_of_band="true")
    await follow(there, account, times=2)
    assert (await tables.one("invoice"))["state"] == "paid"
    assert await tables.count("entitlement", "source = 'stripe'") == 1


# --- the two agree --------------------------------------------------------------------------------------------------


async def test_both_tell_the_same_of_what_palier_reads(there: Selling, account: Account, payer: Payer) -> None:  # fmt: skip
    """The same order at both, bought, renewed and failing: the facts that Palier reads are the same but for names and moments."""
    subscription = await bought(there, account, payer)
    customer = (await account.ask("GET", f"subscriptions/{subscription}"))["customer"]
    ours = _bought_at_ours(account)
    theirs = [await _facts_of_theirs(there, account, subscription)]
    assert _facts_of_ours(there, ours) == theirs[0]
    await account.act("renew", subscription)
    forward(ours, days=32)
    assert _facts_of_ours(there, ours) == await _facts_of_theirs(there, account, subscription)
    method = await account.give_card(customer, FAILS_LATER)
    await account.ask("POST", f"subscriptions/{subscription}", default_payment_method=method)
    card(ours, ours.of("subscription")[0]["id"], FAILS_LATER)
    await account.act("renew", subscription)
    forward(ours, days=31)
    assert _facts_of_ours(there, ours) == await _facts_of_theirs(there, account, subscription)
    await account.fetch_events()
    of_theirs = {event["type"] for event in account.shadow.events}
    of_ours = {event["type"] for event in ours.events}
    followed = {
        "customer.subscription.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_failed",
    }
    assert followed <= of_theirs
    assert followed <= of_ours


def _bought_at_ours(account: Account) -> World:
    """The same purchase at a peer of our own: same price, same quantity."""
    from_theirs = account.shadow
    terms = next(iter(from_theirs.terms.values()))
    price = from_theirs.get("price", terms["line_items"][0]["price"])
    ours = World(from_theirs.now, at=from_theirs.now())
    for thing in (
        price,
        from_theirs.get("product", price["product"]),
        from_theirs.get("customer", terms["customer"]),
    ):
        ours.keep(dict(thing))
    session = stripe_world.checkout.create(ours, {key: value for key, value in terms.items() if key != "tax_id_collection"})  # fmt: skip
    stripe_world.checkout.pay(ours, session, GOOD)
    return ours


async def _facts_of_theirs(there: Selling, account: Account, ident: str) -> Thing:
    subscription = await account.ask("GET", f"subscriptions/{ident}")
    invoice = await account.ask("GET", f"invoices/{subscription['latest_invoice']}")
    method = await account.ask("GET", f"payment_methods/{subscription['default_payment_method']}")
    return _same(there, subscription, invoice, method)


def _facts_of_ours(there: Selling, ours: World) -> Thing:
    subscription = ours.of("subscription")[0]
    method = ours.get("payment_method", subscription["default_payment_method"])
    told = {**method, "card": {**method["card"], "last4": ours.numbers[method["id"]][-4:]}}
    return _same(there, subscription, ours.get("invoice", subscription["latest_invoice"]), told)


def _same(there: Selling, subscription: Thing, invoice: Thing, method: Thing) -> Thing:
    """The facts that Palier reads, without what two accounts must call differently."""
    facts = {f"subscription {key}": value for key, value in asdict(reading.subscription_facts(subscription, there.till.offers)).items()}  # fmt: skip
    facts |= {f"invoice {key}": value for key, value in asdict(reading.invoice_facts(invoice)).items()}
    facts["method"] = reading.method_words(method)
    return {key: _plain(key, value) for key, value in facts.items()}


def _plain(key: str, value: Any) -> Any:
    """Names and addresses are only there or not, and so are moments; lengths are compared in whole days."""
    if isinstance(value, datetime):
        return "a moment"
    named = ("id", "customer", "item", "number", "hosted_url", "pdf_url", "payment_method", "latest_invoice")
    if key.split()[-1] in named or key == "invoice subscription" or key.endswith("_on"):
        return bool(value)
    return value
