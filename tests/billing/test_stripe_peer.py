"""The peer is worth what it refuses: faults planted in its objects and in what it is asked come to light."""

import time as machine
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import stripe

from tests.billing.stripe_peer import happenings, methods, spec
from tests.billing.stripe_peer.__main__ import Loopback
from tests.billing.stripe_peer.app import Peer
from tests.billing.stripe_peer.calls import CALLS
from tests.billing.stripe_peer.post import Post, body_of, signed
from tests.billing.stripe_peer.time import forward
from tests.billing.stripe_peer.world import Trouble, World, event_names

pytestmark = pytest.mark.skipif(not spec.available(), reason=spec.MISSING)
KEY = "sk_test_palier"


@pytest.fixture
def world() -> World:
    return World(machine.time, at=1_790_000_000)


@pytest.fixture
async def client(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[stripe.StripeClient]:
    async def at_once(self: Any, seconds: float) -> None:
        """Nobody waits between two tries."""

    monkeypatch.setattr(stripe.HTTPXClient, "sleep_async", at_once)
    yield client_of(world)
    assert world.faults == [], "\n".join(world.faults)


def client_of(world: World, key: str = KEY, version: str | None = None) -> stripe.StripeClient:
    http = stripe.HTTPXClient(timeout=15)
    http._client_async = httpx.AsyncClient(transport=httpx.ASGITransport(app=Peer(world, KEY)))
    return stripe.StripeClient(
        key, stripe_version=version or spec.version(), http_client=http, max_network_retries=2, base_addresses={"api": "http://stripe.test"}
    )  # fmt: skip


async def a_price(client: stripe.StripeClient, **more: Any) -> Any:
    product = await client.v1.products.create_async({"name": "Member"})
    tiers = [{"up_to": 10, "flat_amount": 90000, "unit_amount": 0}, {"up_to": "inf", "unit_amount": 6000}]
    asked = {"product": product.id, "currency": "eur", "billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers,
             "recurring": {"interval": "month"}, "tax_behavior": "exclusive", **more}  # fmt: skip
    return await client.v1.prices.create_async(asked)


async def a_customer(client: stripe.StripeClient, world: World, number: str = methods.GOOD) -> Any:
    customer = await client.v1.customers.create_async({"name": "Val", "address": {"country": "FR"}})
    method = methods.attach(world, methods.new(world, number), customer.id)
    settings = {"invoice_settings": {"default_payment_method": method["id"]}}
    return await client.v1.customers.update_async(customer.id, settings)


async def a_subscription(client: stripe.StripeClient, world: World, quantity: int = 12, **more: Any) -> Any:
    price = await a_price(client)
    customer = await a_customer(client, world, more.pop("number", methods.GOOD))
    asked = {"customer": customer.id, "items": [{"price": price.id, "quantity": quantity}], **more}
    return await client.v1.subscriptions.create_async(asked)


def status_of(world: World) -> str:
    return str(world.of("subscription")[-1]["status"])


def told(world: World, since: int = 0) -> list[str]:
    return [event["type"] for event in world.events[since:]]


# --- planted faults -------------------------------------------------------------------------------------------------


async def test_a_fault_in_an_object_is_refused(client: stripe.StripeClient, world: World) -> None:
    await a_subscription(client, world)
    for thing in (*world.of("customer"), *world.of("subscription"), *world.of("invoice"), *world.of("price")):
        spec.check_object(thing)
        for fault in ({"livemode": "no"}, {"object": "other"}, {"invented": 1}):
            with pytest.raises(spec.NotOfStripe):
                spec.check_object({**thing, **fault})
        with pytest.raises(spec.NotOfStripe, match="required"):
            spec.check_object({key: value for key, value in thing.items() if key != "livemode"})
    wrong = {**world.of("subscription")[0], "status": "running"}
    with pytest.raises(spec.NotOfStripe, match="status"):
        world.tell("customer.subscription.updated", wrong)
    with pytest.raises(AssertionError, match="tells no"):
        world.tell("customer.subscription.renamed", world.of("subscription")[0])


async def test_an_answer_that_is_not_stripes_fails_the_test(world: World) -> None:
    client = client_of(world)
    customer = await client.v1.customers.create_async({})
    world.get("customer", customer.id)["tax_exempt"] = "sometimes"
    with pytest.raises(stripe.InvalidRequestError, match="the peer failed"):
        await client.v1.customers.retrieve_async(customer.id)
    assert "tax_exempt" in world.faults[0]


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        ({"nmae": "Val"}, "parameter_unknown", "nmae"),
        ({"address": {"town": "Lyon"}}, "parameter_unknown", "address[town]"),
        ({"balance": "much"}, "parameter_invalid_integer", "balance"),
        ({"tax_exempt": "sometimes"}, None, "tax_exempt"),
        ({"tax_id_data": [{"type": "eu_vat"}]}, "parameter_missing", "tax_id_data[0][value]"),
        ({"preferred_locales": "fr"}, "parameter_invalid_array", "preferred_locales"),
        ({"address": "Lyon"}, None, "address"),
    ],
)
async def test_a_slip_in_what_is_asked_is_refused(client: stripe.StripeClient, asked: Any, code: str | None, param: str) -> None:  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.customers.create_async(asked)
    assert (refusal.value.http_status, refusal.value.param) == (400, param)
    assert code is None or refusal.value.code == code


async def test_slips_are_kept_though_nobody_listens(client: stripe.StripeClient, world: World) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.subscriptions.list_async({"state": "all"})  # type: ignore[typeddict-unknown-key]
    assert "state" in world.slips[0]


async def test_whoever_is_not_known_is_not_let_in(world: World) -> None:
    with pytest.raises(stripe.AuthenticationError):
        await client_of(world, "sk_test_other").v1.customers.create_async({})
    with pytest.raises(stripe.InvalidRequestError, match="Stripe-Version"):
        await client_of(world, version="2020-08-27").v1.customers.create_async({})
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        await client_of(world).v1.payouts.list_async()


# --- manners of the interface ---------------------------------------------------------------------------------------


async def test_a_key_is_answered_once(client: stripe.StripeClient, world: World) -> None:
    first = await client.v1.customers.create_async({"name": "Val"}, {"idempotency_key": "k"})
    again = await client.v1.customers.create_async({"name": "Val"}, {"idempotency_key": "k"})
    assert first.id == again.id
    assert len(world.of("customer")) == 1
    with pytest.raises(stripe.IdempotencyError):
        await client.v1.customers.create_async({"name": "Lac"}, {"idempotency_key": "k"})


@pytest.mark.parametrize("trouble", [Trouble.REFUSED, Trouble.LOST, Trouble.UNAVAILABLE, Trouble.BROKEN])
async def test_a_bad_wire_makes_one_customer(client: stripe.StripeClient, world: World, trouble: Trouble) -> None:  # fmt: skip
    world.troubles += [trouble, trouble]
    await client.v1.customers.create_async({"name": "Val"})
    assert len(world.of("customer")) == 1
    world.troubles += [trouble] * 3
    with pytest.raises((stripe.APIConnectionError, stripe.APIError)):
        await client.v1.customers.create_async({"name": "Lac"})


async def test_lists_go_on_page_by_page(client: stripe.StripeClient, world: World) -> None:
    for number in range(7):
        await client.v1.customers.create_async({"name": str(number)})
    page = await client.v1.customers.list_async({"limit": 3})
    assert page.has_more
    assert [row.name async for row in page.auto_paging_iter()] == list("6543210")
    assert len((await client.v1.events.list_async({"limit": 100, "type": "customer.created"})).data) == 7
    forward(world, days=1)
    recent = await client.v1.customers.list_async({"created": {"gte": world.now()}})
    assert recent.data == []


async def test_what_is_expanded_was_asked_for(client: stripe.StripeClient, world: World) -> None:
    made = await a_subscription(client, world)
    read = await client.v1.subscriptions.retrieve_async(made.id, {"expand": ["latest_invoice.payments", "customer"]})  # fmt: skip
    assert read.latest_invoice.payments.data[0].amount_paid == 102000
    assert read.customer.name == "Val"
    price = await client.v1.prices.retrieve_async(read["items"].data[0].price.id, {"expand": ["tiers"]})
    assert [tier.up_to for tier in price.tiers] == [10, None]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await client.v1.subscriptions.retrieve_async(made.id, {"expand": ["status"]})


async def test_events_are_signed_as_the_library_expects(client: stripe.StripeClient, world: World) -> None:
    await client.v1.customers.create_async({"name": "Été"})
    body = body_of(world.events[0])
    headers = signed(body, "whsec_a")
    event = stripe.Webhook.construct_event(body, headers["stripe-signature"], "whsec_a")
    assert event.type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["stripe-signature"], "whsec_b")
    with pytest.raises(stripe.SignatureVerificationError):
        old = signed(body, "whsec_a", int(machine.time()) - 400)
        stripe.Webhook.construct_event(body, old["stripe-signature"], "whsec_a")


async def test_the_post_shuffles_doubles_and_loses(client: stripe.StripeClient, world: World) -> None:
    arrived: list[str] = []

    async def endpoint(scope: Any, receive: Any, send: Any) -> None:
        arrived.append((await receive())["body"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await a_subscription(client, world)
    events = told(world)
    post = Post(world, "whsec_a")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=endpoint)) as browser:
        await post.deliver(browser, "http://palier.test/hook", times=2, shuffle=7, drop=["invoice.paid"])
        assert len(arrived) == 2 * (len(events) - 1)
        assert await post.deliver(browser, "http://palier.test/hook") == []


# --- the life of a subscription -------------------------------------------------------------------------------------


async def test_a_subscription_lives(client: stripe.StripeClient, world: World) -> None:
    """Paid, renewed, then a card that fails until the dunning ends; each with the events Stripe tells."""
    made = await a_subscription(client, world)
    assert (made.status, world.of("invoice")[0]["total"]) == ("active", 102000)
    begun = told(world)
    assert begun[begun.index("customer.subscription.created") :] == [
        "customer.subscription.created", "invoice.created", "invoice.finalized", "charge.succeeded", "invoice.paid",
        "invoice.payment_succeeded", "customer.subscription.updated",
    ]  # fmt: skip
    forward(world, days=32)
    assert [row["billing_reason"] for row in world.of("invoice")] == [
        "subscription_create",
        "subscription_cycle",
    ]
    happenings.card(world, made.id, methods.FAILS_LATER)
    forward(world, days=31)
    assert status_of(world) == "past_due"
    happenings.card(world, made.id, methods.GOOD)
    forward(world, days=4)
    assert status_of(world) == "active"
    happenings.card(world, made.id, methods.INSUFFICIENT)
    since = len(world.events)
    forward(world, days=27 + 16)
    assert status_of(world) == "canceled"
    assert told(world, since).count("invoice.payment_failed") == 4
    assert told(world)[-1] == "customer.subscription.deleted"


async def test_a_first_payment_that_fails(client: stripe.StripeClient, world: World) -> None:
    made = await a_subscription(client, world, number=methods.FAILS_LATER)
    assert made.status == "incomplete"
    forward(world, days=1)
    assert status_of(world) == "incomplete_expired"
    assert world.of("invoice")[0]["status"] == "void"
    with pytest.raises(stripe.CardError):
        await a_subscription(
            client, world, number=methods.FAILS_LATER, payment_behavior="error_if_incomplete"
        )
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        customer = await client.v1.customers.create_async({})
        price = await a_price(client)
        await client.v1.subscriptions.create_async({"customer": customer.id, "items": [{"price": price.id}]})
    assert refusal.value.code == "resource_missing"


@pytest.mark.parametrize(
    ("missing", "status"), [("pause", "paused"), ("cancel", "canceled"), ("create_invoice", "past_due")]
)
async def test_a_trial_ends_without_a_card(client: stripe.StripeClient, world: World, missing: Any, status: str) -> None:  # fmt: skip
    settings = {"end_behavior": {"missing_payment_method": missing}}
    made = await a_subscription(client, world, trial_period_days=30, trial_settings=settings)
    method = world.get("customer", made.customer)["invoice_settings"]["default_payment_method"]
    happenings.detach(world, method)
    forward(world, days=28)
    assert told(world)[-1] == "customer.subscription.trial_will_end"
    assert status_of(world) == "trialing"
    forward(world, days=3)
    assert status_of(world) == status


async def test_a_trial_ends_with_a_card(client: stripe.StripeClient, world: World) -> None:
    made = await a_subscription(client, world, trial_period_days=30)
    assert (made.status, world.of("invoice")) == ("trialing", [])
    forward(world, days=31)
    assert status_of(world) == "active"
    assert [row["status"] for row in world.of("invoice")] == ["paid"]


async def test_quantity_changes_are_prorated(client: stripe.StripeClient, world: World) -> None:
    """Half of a month of 30 days is left: half of the difference is due."""
    world.at = 1_790_000_000  # September 2026
    made = await a_subscription(client, world, quantity=10)
    item = made["items"].data[0]
    forward(world, days=15)
    change = {"items": [{"id": item.id, "quantity": 14}], "proration_behavior": "always_invoice"}
    preview = await client.v1.invoices.create_preview_async({"customer": made.customer, "subscription": made.id, "subscription_details": change})  # fmt: skip
    assert [line.amount for line in preview.lines.data] == [-45000, 57000]
    assert preview.amount_due == 12000
    assert len(world.of("invoice")) == 1
    await client.v1.subscriptions.update_async(made.id, change)
    assert world.of("invoice")[1]["total"] == 12000
    later = {"items": [{"id": item.id, "quantity": 10}], "proration_behavior": "create_prorations"}
    await client.v1.subscriptions.update_async(made.id, later)
    assert len(world.of("invoice")) == 2
    following = await client.v1.invoices.create_preview_async({"customer": made.customer, "subscription": made.id})  # fmt: skip
    assert following.total == 90000 - 12000
    forward(world, days=16)
    assert world.of("invoice")[2]["total"] == 78000


async def test_another_price_begins_a_new_period(client: stripe.StripeClient, world: World) -> None:
    made = await a_subscription(client, world, quantity=10)
    yearly = await a_price(client, recurring={"interval": "year"})
    forward(world, days=15)
    asked = {"items": [{"id": made["items"].data[0].id, "price": yearly.id}]}
    changed = await client.v1.subscriptions.update_async(made.id, asked)
    item = changed["items"].data[0]
    assert item.current_period_start == world.now()
    assert item.current_period_end - item.current_period_start == 365 * 86400
    assert world.of("invoice")[-1]["total"] == 90000 - 45000


async def test_a_change_that_the_card_refuses_did_not_happen(client: stripe.StripeClient, world: World) -> None:  # fmt: skip
    made = await a_subscription(client, world, quantity=10)
    happenings.card(world, made.id, methods.DECLINED)
    events = len(world.events)
    change = {"items": [{"id": made["items"].data[0].id, "quantity": 40}], "proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"}  # fmt: skip
    with pytest.raises(stripe.CardError):
        await client.v1.subscriptions.update_async(made.id, change)
    assert world.of("subscription")[0]["items"]["data"][0]["quantity"] == 10
    assert (len(world.of("invoice")), len(world.events)) == (1, events)


async def test_cancel_later_undo_and_cancel_now(client: stripe.StripeClient, world: World) -> None:
    made = await a_subscription(client, world)
    later = await client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": True})
    assert later.cancel_at == made["items"].data[0].current_period_end
    undone = await client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": False})
    assert (undone.cancel_at, undone.canceled_at) == (None, None)
    await client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": True})
    forward(world, days=32)
    assert status_of(world) == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        await client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": False})
    other = await a_subscription(client, world)
    await client.v1.subscriptions.cancel_async(other.id)
    assert status_of(world) == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.subscriptions.cancel_async(other.id)
    assert refusal.value.http_status == 404
    assert [row.id for row in (await client.v1.subscriptions.list_async({})).data] == []
    assert len((await client.v1.subscriptions.list_async({"status": "all"})).data) == 2


async def test_an_invoice_that_is_sent(client: stripe.StripeClient, world: World) -> None:
    fields = [{"name": "SIRET", "value": "21690123100011"}]
    made = await a_subscription(client, world, collection_method="send_invoice", days_until_due=30, invoice_settings={"issuer": {"type": "self"}})  # fmt: skip
    await client.v1.customers.update_async(made.customer, {"invoice_settings": {"custom_fields": fields}})
    assert (made.status, world.of("invoice")[0]["status"]) == ("active", "draft")
    forward(world, days=1)
    assert world.of("invoice")[0]["status"] == "open"
    assert "invoice.sent" in told(world)
    forward(world, days=31)
    assert "invoice.overdue" in told(world)
    assert status_of(world) == "past_due"
    happenings.transfer(world, world.of("invoice")[0]["id"])
    assert status_of(world) == "active"
    happenings.mark_paid(world, world.of("invoice")[1]["id"])
    assert world.of("invoice")[1]["amount_paid_off_stripe"] == 102000


async def test_tax_is_told_or_the_invoice_waits(client: stripe.StripeClient, world: World) -> None:
    made = await a_subscription(client, world, automatic_tax={"enabled": True})
    assert [world.of("invoice")[0][key] for key in ("subtotal", "total")] == [102000, 122400]
    asked = {"type": "eu_vat", "value": "DE123456789"}
    number = await client.v1.customers.tax_ids.create_async(made.customer, asked)
    happenings.move_customer(world, made.customer, "DE")
    happenings.verify_tax_id(world, number.id, "verified")
    forward(world, days=32)
    assert world.of("invoice")[1]["total_taxes"][0]["taxability_reason"] == "reverse_charge"
    happenings.move_customer(world, made.customer)
    forward(world, days=32)
    assert told(world)[-1] == "invoice.finalization_failed"
    assert world.of("invoice")[2]["status"] == "draft"


async def test_banks_and_dashboards(client: stripe.StripeClient, world: World) -> None:
    """Refund, dispute, mandate and deletion: each is told, and each object is as the schema says."""
    made = await a_subscription(client, world)
    invoice = world.of("invoice")[0]["id"]
    happenings.refund(world, invoice)
    happenings.dispute(world, invoice)
    happenings.dispute(world, invoice, "lost")
    happenings.remove_mandate(world, world.of("payment_method")[0]["id"])
    happenings.archive_price(world, made["items"].data[0].price.id)
    read = await client.v1.subscriptions.retrieve_async(made.id)
    assert not read["items"].data[0].price.active
    happenings.delete_customer(world, made.customer)
    assert {"charge.refunded", "charge.dispute.created", "charge.dispute.closed", "mandate.updated", "customer.deleted"} <= set(told(world))  # fmt: skip
    assert (await client.v1.customers.retrieve_async(made.customer)).deleted
    assert status_of(world) == "canceled"


# --- Checkout and the portal ----------------------------------------------------------------------------------------


async def a_session(client: stripe.StripeClient, **more: Any) -> Any:
    price = await a_price(client)
    customer = await client.v1.customers.create_async({"name": "Val", "email": "val@example.org"})
    asked = {"mode": "subscription", "customer": customer.id, "line_items": [{"price": price.id, "quantity": 10}],
             "success_url": "http://palier.test/back?cs={CHECKOUT_SESSION_ID}", "cancel_url": "http://palier.test/no", **more}  # fmt: skip
    return await client.v1.checkout.sessions.create_async(asked)


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=Peer(world)), base_url=world.base) as browser:  # fmt: skip
        yield browser


async def test_a_page_is_paid(client: stripe.StripeClient, world: World, browser: httpx.AsyncClient) -> None:
    coupon = await client.v1.coupons.create_async({"percent_off": 20, "duration": "once", "name": "Congrès"})
    asked = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "congres", "max_redemptions": 1}
    await client.v1.promotion_codes.create_async(asked)
    session = await a_session(client, allow_promotion_codes=True)
    page = await browser.get(session.url)
    assert "€900.00" in page.text
    assert "http://palier.test/no" in page.text
    assert "No such promotion code" in (await browser.post(session.url, data={"do": "apply", "code": "nothing"})).text  # fmt: skip
    assert "€720.00" in (await browser.post(session.url, data={"do": "apply", "code": "CONGRES"})).text
    declined = await browser.post(session.url, data={"do": "pay", "card": methods.DECLINED})
    assert (declined.status_code, world.of("subscription")) == (402, [])
    asks = await browser.post(session.url, data={"do": "pay", "card": methods.CONFIRM})
    assert "Your bank asks you to confirm" in asks.text
    paid = await browser.post(session.url, data={"do": "confirm", "card": methods.CONFIRM})
    assert paid.headers["location"] == f"http://palier.test/back?cs={session.id}"
    read = await client.v1.checkout.sessions.retrieve_async(session.id, {"expand": ["line_items", "subscription.latest_invoice"]})  # fmt: skip
    assert (read.status, read.payment_status, read.amount_total) == ("complete", "paid", 72000)
    assert read.subscription.latest_invoice.total == 72000
    assert (await browser.get(session.url)).status_code == 410
    codes = await client.v1.promotion_codes.list_async({"code": "CONGRES", "active": True})
    assert codes.data == []
    forward(world, days=32)
    assert world.of("invoice")[1]["attempt_count"] == 1
    assert status_of(world) == "past_due"  # this card asks each time
    hosted = world.of("invoice")[1]["hosted_invoice_url"]
    await browser.post(hosted, data={"do": "confirm"})
    assert status_of(world) == "active"
    pdf = await browser.get(f"{hosted}/pdf")
    assert pdf.content.startswith(b"%PDF-1.4")


@pytest.mark.parametrize(
    ("number", "event", "status"),
    [(methods.IBAN_GOOD, "checkout.session.async_payment_succeeded", "active"),
     (methods.IBAN_BAD, "checkout.session.async_payment_failed", "past_due")],
)  # fmt: skip
async def test_a_debit_is_known_days_later(client: stripe.StripeClient, world: World, browser: httpx.AsyncClient, number: str, event: str, status: str) -> None:  # fmt: skip
    session = await a_session(client)
    await browser.post(session.url, data={"do": "pay", "iban": number})
    read = await client.v1.checkout.sessions.retrieve_async(session.id)
    assert (read.status, read.payment_status, status_of(world)) == ("complete", "unpaid", "active")
    forward(world, days=6)
    assert told(world)[-1] == event
    assert status_of(world) == status


async def test_a_trial_begins_without_a_card(client: stripe.StripeClient, world: World, browser: httpx.AsyncClient) -> None:  # fmt: skip
    session = await a_session(client, subscription_data={"trial_period_days": 30}, payment_method_collection="if_required")  # fmt: skip
    await browser.post(session.url, data={"do": "pay"})
    read = await client.v1.checkout.sessions.retrieve_async(session.id)
    assert (read.payment_status, status_of(world)) == ("no_payment_required", "trialing")


async def test_a_page_expires(client: stripe.StripeClient, world: World, browser: httpx.AsyncClient) -> None:
    first, second = await a_session(client), await a_session(client)
    await client.v1.checkout.sessions.expire_async(first.id)
    forward(world, days=1)
    assert told(world).count("checkout.session.expired") == 2
    for session in (first, second):
        assert (await client.v1.checkout.sessions.retrieve_async(session.id)).status == "expired"
        assert (await browser.get(session.url)).status_code == 410
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.checkout.sessions.expire_async(first.id)


async def test_pages_refuse_what_stripe_refuses(client: stripe.StripeClient, world: World) -> None:
    for more, about in (
        ({"tax_id_collection": {"enabled": True}}, "customer_update"),
        ({"automatic_tax": {"enabled": True}}, "valid address"),
        ({"allow_promotion_codes": True, "discounts": [{"coupon": "x"}]}, "only specify one"),
        ({"expires_at": world.now() + 60}, "expires_at"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=about):
            await a_session(client, **more)
    price = await a_price(client)
    happenings.archive_price(world, price.id)
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        await a_session(client, line_items=[{"price": price.id, "quantity": 1}])


async def test_the_portal_lets_do_what_it_was_told(client: stripe.StripeClient, world: World, browser: httpx.AsyncClient) -> None:  # fmt: skip
    made = await a_subscription(client, world, number=methods.GOOD)
    features = {"payment_method_update": {"enabled": True}, "invoice_history": {"enabled": True}}
    configuration = await client.v1.billing_portal.configurations.create_async({"features": features})
    asked = {"customer": made.customer, "configuration": configuration.id, "return_url": "http://palier.test/back"}  # fmt: skip
    session = await client.v1.billing_portal.sessions.create_async(asked)
    page = await browser.get(session.url)
    assert "PAL00001-0001" in page.text
    assert "Cancel subscription" not in page.text
    refused = await browser.post(session.url, data={"do": "cancel", "subscription": made.id})
    assert "cannot be canceled" in refused.text
    await browser.post(session.url, data={"do": "method", "card": methods.MASTERCARD})
    read = await client.v1.subscriptions.retrieve_async(made.id, {"expand": ["default_payment_method"]})
    assert read.default_payment_method.card.brand == "mastercard"
    more = {"features": {"subscription_cancel": {"enabled": True}}}
    await client.v1.billing_portal.configurations.update_async(configuration.id, more)
    await browser.post(session.url, data={"do": "cancel", "subscription": made.id})
    assert world.of("subscription")[0]["cancel_at_period_end"]
    await browser.post(session.url, data={"do": "keep", "subscription": made.id})
    assert not world.of("subscription")[0]["cancel_at_period_end"]


def test_the_table_of_calls_is_stripes() -> None:
    assert len(CALLS) > 45
    for operation, _ in CALLS:
        assert spec.operation(operation.method, operation.path) == operation
    assert {"invoice.overdue", "checkout.session.async_payment_failed", "mandate.updated"} <= event_names()


async def test_on_loopback_events_are_brought_and_orders_taken(world: World) -> None:
    """As `python -m tests.billing.stripe_peer` serves it."""
    peer = Loopback(world, KEY, Post(world, "whsec_a"), "")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=peer), base_url=world.base) as browser:
        assert "forward" in (await browser.get("/_/")).text
        before = world.now()
        assert (await browser.post("/_/forward?days=2")).text == "done\n"
        assert world.now() == before + 2 * 86400
        assert (await browser.post("/_/card?subscription=sub_no&number=4242424242424242")).status_code == 400
