"""Subscriptions: begun, changed in quantity and price, ended and kept after all."""

from typing import Any

from tests.billing.stripe_peer import invoices, methods, spec
from tests.billing.stripe_peer.calls import call, only, page, with_metadata
from tests.billing.stripe_peer.catalogue import usable_code
from tests.billing.stripe_peer.charging import Outcome, attempt
from tests.billing.stripe_peer.customers import living
from tests.billing.stripe_peer.money import cost, period_end, share
from tests.billing.stripe_peer.refusals import bad_request, declined, missing_parameter, no_such
from tests.billing.stripe_peer.world import Thing, World, listed

OVER = ("canceled", "incomplete_expired")


# --- beginning ------------------------------------------------------------------------------------------------------


@call("POST", "/v1/subscriptions")
def create(world: World, asked: Thing) -> Thing:
    if "customer" not in asked:
        raise missing_parameter("customer")
    customer = living(world, asked["customer"])
    manual = asked.get("collection_method") == "send_invoice"
    if manual and "days_until_due" not in asked:
        raise bad_request("If you set `collection_method` to `send_invoice`, `days_until_due` is required.", None, "days_until_due")  # fmt: skip
    if not manual and "days_until_due" in asked:
        raise bad_request("`days_until_due` is only for `send_invoice`.", None, "days_until_due")
    waits = asked.get("payment_behavior") == "default_incomplete" or _trial_end(world, asked)
    if not (manual or waits or default_method(world, asked, customer)):
        raise no_such("payment method", "", "default_payment_method")
    return begin(world, asked)


def default_method(world: World, terms: Thing, customer: Thing) -> str | None:
    method = terms.get("default_payment_method")
    if method and world.get("payment_method", method, "default_payment_method")["customer"] != customer["id"]:
        raise bad_request("The payment method belongs to another customer.", None, "default_payment_method")
    return method or customer["invoice_settings"]["default_payment_method"]


def begin(world: World, terms: Thing) -> Thing:
    """
    :param terms: as /v1/subscriptions is asked; Checkout begins its own with them too.
    :raises Refusal: card_error, where an incomplete one is refused.
    """
    subscription = _made(world, terms)
    before = len(world.events)
    world.tell("customer.subscription.created", subscription)
    if subscription["status"] == "trialing":
        return subscription
    _first_invoice(world, subscription, terms)
    if subscription["status"] == "incomplete" and terms.get("payment_behavior") == "error_if_incomplete":
        del world.things["subscription"][subscription["id"]], world.events[before:]
        raise declined()
    return subscription


def _made(world: World, terms: Thing) -> Thing:
    now, trial_end = world.now(), _trial_end(world, terms)
    subscription = world.make(
        "subscription", "sub", customer=terms["customer"], start_date=now, billing_cycle_anchor=trial_end or now, billing_schedules=[],
        automatic_tax=spec.made("subscription_automatic_tax", **{"enabled": False, **terms.get("automatic_tax", {})}),
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}}, cancel_at_period_end=bool(terms.get("cancel_at_period_end")),
        cancel_at=terms.get("cancel_at") or None, cancellation_details=spec.made("cancellation_details"), currency="eur",
        collection_method=terms.get("collection_method", "charge_automatically"), days_until_due=terms.get("days_until_due"), default_tax_rates=[],
        default_payment_method=terms.get("default_payment_method"), description=terms.get("description"), discounts=[],
        invoice_settings=spec.made("subscriptions_resource_subscription_invoice_settings", **{"issuer": {"type": "self"}, **terms.get("invoice_settings", {})}),
        metadata=with_metadata({}, terms.get("metadata")), trial_start=now if trial_end else None, trial_end=trial_end,
        payment_settings=spec.made("subscriptions_resource_payment_settings", save_default_payment_method="off", **_settings(terms)),
        status="trialing" if trial_end else "incomplete", items=listed([], "/v1/subscription_items"),
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}, **terms.get("trial_settings", {})},
    )  # fmt: skip
    subscription["items"]["data"] = [_item(world, subscription, row) for row in terms["items"]]
    subscription["items"]["url"] += f"?subscription={subscription['id']}"
    subscription["currency"] = subscription["items"]["data"][0]["price"]["currency"]
    subscription["discounts"] = [discount(world, subscription, row) for row in terms.get("discounts") or []]
    return subscription


def _settings(terms: Thing) -> Thing:
    """Of payment; the options of each method are answered only where they are asked about."""
    settings = terms.get("payment_settings", {})
    return {
        key: settings[key] for key in ("payment_method_types", "payment_method_options") if key in settings
    }


def _trial_end(world: World, terms: Thing) -> int | None:
    from_days = world.now() + terms["trial_period_days"] * 86400 if terms.get("trial_period_days") else None
    return from_days or (terms["trial_end"] if isinstance(terms.get("trial_end"), int) else None)


def _item(world: World, subscription: Thing, asked: Thing) -> Thing:
    price = usable_price(world, asked.get("price", ""), "items[0][price]")
    start, end = world.now(), subscription["trial_end"] or period_end(world.now(), price["recurring"])
    item = spec.made(
        "subscription_item", id=world.new_id("si"), created=start, current_period_start=start, current_period_end=end, discounts=[],
        metadata=with_metadata({}, asked.get("metadata")), price=price, quantity=asked.get("quantity", 1),
        subscription=subscription["id"], tax_rates=[],
    )  # fmt: skip
    item["price"] = price  # itself: an item shows its price as it is now
    return item


def usable_price(world: World, ident: str, param: str) -> Thing:
    """
    :raises Refusal: when it is unknown, archived or of one payment only.
    """
    price = world.get("price", ident, param)
    if not price["active"]:
        raise bad_request("The price specified is inactive. This field only accepts active prices.", None, param)  # fmt: skip
    if price["recurring"] is None:
        raise bad_request("The price specified is for one-time payments.", None, param)
    return price


def discount(world: World, subscription: Thing, asked: Thing) -> str:
    """From a coupon or a promotion code; its id."""
    code = usable_code(world, ident=asked["promotion_code"]) if asked.get("promotion_code") else None
    coupon = world.get("coupon", code["promotion"]["coupon"] if code else asked["coupon"], "discounts")
    if not coupon["valid"]:
        raise bad_request("This coupon is no longer valid.", "coupon_expired", "discounts")
    return str(world.make(
        "discount", "di", customer=subscription["customer"], subscription=subscription["id"], start=world.now(),
        promotion_code=code and code["id"], source={"type": "coupon", "coupon": coupon["id"]},
    )["id"])  # fmt: skip


def _first_invoice(world: World, subscription: Thing, terms: Thing) -> None:
    manual = subscription["collection_method"] == "send_invoice"
    invoice = invoices.draft(world, subscription, period_lines(world, subscription), "subscription_create", waits=manual)  # fmt: skip
    if manual:
        world.change("customer.subscription.updated", subscription, status="active")
        return
    if not invoices.finalize(world, invoice):
        return
    if terms.get("payment_behavior") == "default_incomplete" and invoice["amount_due"]:
        return
    attempt(world, invoice)
    end_of_single_discounts(world, subscription)


def period_lines(world: World, subscription: Thing) -> list[Thing]:
    """A whole period of every item, after what was left over for this customer."""
    left_over = world.pending.pop(subscription["id"], [])
    return left_over + [
        invoices.line(world, subscription, item, cost(item["price"], world.tiers.get(item["price"]["id"], []), item["quantity"]),
                      (item["current_period_start"], item["current_period_end"]))
        for item in subscription["items"]["data"]
    ]  # fmt: skip


def end_of_single_discounts(world: World, subscription: Thing) -> None:
    """A coupon for "once" is used up by the first invoice."""
    kept = [ident for ident in subscription["discounts"] if invoices.coupon_of(world, ident)["duration"] != "once"]  # fmt: skip
    world.change("customer.subscription.updated", subscription, discounts=kept)


# --- reading --------------------------------------------------------------------------------------------------------


@call("GET", "/v1/subscriptions/{subscription_exposed_id}")
def retrieve(world: World, asked: Thing, subscription_exposed_id: str) -> Thing:
    return world.get("subscription", subscription_exposed_id)


@call("GET", "/v1/subscriptions")
def listing(world: World, asked: Thing) -> Thing:
    """Without a status: all but the canceled ones."""
    wanted, rows = asked.get("status"), only(world.of("subscription"), asked, "customer", "collection_method")
    if wanted is None:
        rows = [row for row in rows if row["status"] != "canceled"]
    elif wanted == "ended":
        rows = [row for row in rows if row["status"] in OVER]
    elif wanted != "all":
        rows = only(rows, asked, "status")
    if "price" in asked:
        rows = [
            row for row in rows if any(item["price"]["id"] == asked["price"] for item in row["items"]["data"])
        ]
    return page(rows, asked, "/v1/subscriptions")


# --- ending ---------------------------------------------------------------------------------------------------------


@call("DELETE", "/v1/subscriptions/{subscription_exposed_id}")
def cancel(world: World, asked: Thing, subscription_exposed_id: str) -> Thing:
    subscription = world.get("subscription", subscription_exposed_id)
    if subscription["status"] in OVER:
        raise no_such("subscription", subscription_exposed_id)
    if asked.get("prorate"):
        for item in subscription["items"]["data"]:
            world.pending.setdefault(subscription["id"], []).append(credit(world, subscription, item, world.now()))  # fmt: skip
    if asked.get("invoice_now") and (lines := world.pending.pop(subscription["id"], [])):
        finish(world, invoices.draft(world, subscription, lines, "manual"))
    details = asked.get("cancellation_details") or {}
    return ended(world, subscription, reason="cancellation_requested", details=details)


def ended(world: World, subscription: Thing, *, reason: str, details: Thing | None = None) -> Thing:
    now = world.now()
    told = spec.made("cancellation_details", **{**(details or {}), "reason": reason})
    subscription.update(status="canceled", canceled_at=subscription["canceled_at"] or now, ended_at=now, cancellation_details=told)  # fmt: skip
    world.tell("customer.subscription.deleted", subscription)
    return subscription


def credit(world: World, subscription: Thing, item: Thing, at: int) -> Thing:
    """What is left of the period, given back."""
    start, end = item["current_period_start"], item["current_period_end"]
    amount = cost(item["price"], world.tiers.get(item["price"]["id"], []), item["quantity"])
    name = world.get("product", item["price"]["product"])["name"]
    return invoices.line(world, subscription, item, -share(amount, start, end, at), (at, end), proration=True, about=f"Unused time on {item['quantity']} × {name}")  # fmt: skip


def debit(world: World, subscription: Thing, item: Thing, at: int) -> Thing:
    """What is left of the period, at its new price and quantity."""
    start, end = item["current_period_start"], item["current_period_end"]
    amount = cost(item["price"], world.tiers.get(item["price"]["id"], []), item["quantity"])
    name = world.get("product", item["price"]["product"])["name"]
    return invoices.line(world, subscription, item, share(amount, start, end, at), (at, end), proration=True, about=f"Remaining time on {item['quantity']} × {name}")  # fmt: skip


def finish(world: World, invoice: Thing) -> Outcome | None:
    """Finalize and collect at once."""
    if not invoices.finalize(world, invoice):
        return None
    return attempt(world, invoice)


def is_living(subscription: Thing) -> bool:
    return subscription["status"] not in OVER


def chargeable(world: World, subscription: Thing) -> Any:
    """How its method behaves; None when it has none."""
    method = subscription["default_payment_method"] or world.get("customer", subscription["customer"])["invoice_settings"]["default_payment_method"]  # fmt: skip
    return methods.behaviour_of(world, method)
