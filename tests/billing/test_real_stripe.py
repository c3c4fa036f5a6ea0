"""The same steps at the real Stripe, in its test mode: only where STRIPE_TEST_KEY holds a key `sk_test_…` of an account made for tests.

Nobody has run this against Stripe where Palier is made: without the key it is untested. What is made there stays there, in test mode.
STRIPE_TEST_API names another address, such as that of `python -m tests.billing.stripe_peer`, to try the test itself.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
from litestar import Litestar

from palier.billing import store
from palier.billing.flows import buying, changing, customers, pricing, projecting
from palier.billing.payers import payer_of
from palier.billing.rules import reading
from palier.billing.rules.orders import Change, Order
from palier.billing.stripe import Refused, Stripe
from palier.entitlements.rules.offers import Interval
from palier.foundation import actor as acting
from palier.foundation.database import only_reading, transaction
from palier.foundation.settings import Settings
from tests.billing.selling import ADDRESS
from tests.billing.stripe_peer import spec

KEY = os.environ.get("STRIPE_TEST_KEY", "")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not KEY.startswith("sk_test_"), reason="THE REAL STRIPE IS UNTESTED HERE: STRIPE_TEST_KEY is not set"),
    pytest.mark.skipif(not spec.available(), reason=spec.MISSING),
]  # fmt: skip
ORDER = Order("organisation", Interval.MONTH, 25)


@pytest.fixture
async def real(stage: Litestar, settings: Settings) -> AsyncIterator[Stripe]:
    """The way to the real Stripe; its prices are made if they are not there."""
    only_reading.set(False)
    till = Stripe(replace(settings, billing=True, stripe_key=KEY, stripe_api=os.environ.get("STRIPE_TEST_API")))  # fmt: skip
    await pricing.make(till)
    yield till
    await till.close()


async def test_a_payment_page_opens_once_and_closes(real: Stripe, claire: acting.Actor) -> None:
    payer = payer_of(claire)
    url = await buying.begin(payer, real, ORDER, ADDRESS)
    assert await buying.begin(payer, real, ORDER, ADDRESS) == url
    async with transaction(claire):
        row = await store.Checkout.get()
    session = await real.read(f"checkout/sessions/{row.stripe_session}")
    spec.check_object(session)
    await real.post(f"checkout/sessions/{session['id']}/expire", {}, f"expire-{uuid4()}")


async def test_a_subscription_is_changed_ended_and_kept(real: Stripe, claire: acting.Actor) -> None:
    """With Stripe's own test card; each object is as the schema says, and what Palier reads of it is there."""
    payer = payer_of(claire)
    url = await buying.begin(payer, real, ORDER, ADDRESS)  # makes the customer
    assert url
    async with transaction(claire):
        customer = (await store.BillingAccount.get()).stripe_customer
        page = await store.Checkout.get()
    attached = await real.post("payment_methods/pm_card_visa/attach", {"customer": customer}, f"attach-{uuid4()}")  # fmt: skip
    price = (await real.read("prices", lookup_keys=["palier_organisation_month"]))["data"][0]
    asked = {"customer": customer, "items": [{"price": price["id"], "quantity": 25}], "default_payment_method": attached["id"],
             "metadata": {"account": str(page.account_id), "offer": "organisation", "interval": "month"}}  # fmt: skip
    made = await real.post("subscriptions", asked, f"subscribe-{uuid4()}")
    try:
        for thing in (made, await real.read(f"invoices/{made['latest_invoice']}"), price, attached):
            spec.check_object(thing)
        assert reading.subscription_facts(made, real.offers).status == "active"
        await projecting.project(real, made["id"], claire)
        more = Change("organisation", Interval.MONTH, 30)
        assert (await changing.preview(payer, real, more)).next > 0
        assert (await changing.change(payer, real, more)).quantity == 30
        assert (await changing.cancel(payer, real, now=False)).cancel_at_period_end
        assert not (await changing.undo(payer, real)).cancel_at_period_end
        assert (await changing.portal(payer, real, ADDRESS)).startswith("http")
    finally:
        await real.remove(f"subscriptions/{made['id']}")
    events = await real.read("events", limit=20)
    for event in events["data"]:
        spec.check_object(event)


async def test_an_invoice_is_sent(real: Stripe, claire: acting.Actor) -> None:
    payer = payer_of(claire)
    row = await changing.by_invoice(payer, real, ORDER)
    told = await real.read(f"subscriptions/{row.id}")
    spec.check_object(told)
    assert told["collection_method"] == "send_invoice"
    await real.remove(f"subscriptions/{row.id}")


async def test_a_wrong_number_is_refused(real: Stripe, claire: acting.Actor) -> None:
    payer = payer_of(claire)
    await buying.begin(payer, real, ORDER, ADDRESS)
    async with transaction(claire):
        await store.BillingAccount.all().update(vat_number="FR1", country="FR")
    with pytest.raises(Refused):
        await customers.keep(payer, real)
