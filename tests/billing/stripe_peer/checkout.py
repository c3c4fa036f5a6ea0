"""Checkout sessions, in subscription mode: opened by a call, paid on a page, expired by a day."""

from typing import Any

from tests.billing.stripe_peer import methods, spec
from tests.billing.stripe_peer.calls import call, included, only, page, with_metadata
from tests.billing.stripe_peer.catalogue import usable_code
from tests.billing.stripe_peer.customers import create as create_customer
from tests.billing.stripe_peer.customers import create_tax_id, living, update
from tests.billing.stripe_peer.methods import Behaviour
from tests.billing.stripe_peer.money import DAY, cost, discounted
from tests.billing.stripe_peer.refusals import bad_request, declined, missing_parameter
from tests.billing.stripe_peer.subscriptions import begin, usable_price
from tests.billing.stripe_peer.time import expire
from tests.billing.stripe_peer.world import Thing, World, listed

EITHER = (("customer", "customer_email"), ("allow_promotion_codes", "discounts"), ("cancel_url", "return_url"))  # fmt: skip


@call("POST", "/v1/checkout/sessions")
def create(world: World, asked: Thing) -> Thing:
    _agrees(world, asked)
    total = sum(row["amount_subtotal"] for row in _items(world, asked))
    session = world.make(
        "checkout.session", "cs_test", amount_subtotal=total, amount_total=total, custom_fields=[], currency="eur", mode="subscription",
        automatic_tax=spec.made("payment_pages_checkout_session_automatic_tax", enabled=asked.get("automatic_tax", {}).get("enabled", False)),
        customer=asked.get("customer"), customer_email=asked.get("customer_email"), custom_text=spec.made("payment_pages_checkout_session_custom_text"),
        expires_at=asked.get("expires_at", world.now() + DAY), metadata=with_metadata({}, asked.get("metadata")), payment_status="unpaid",
        payment_method_types=asked.get("payment_method_types", ["card", "sepa_debit"]), shipping_options=[], status="open", ui_mode="hosted_page",
        payment_method_collection=asked.get("payment_method_collection", "always"), total_details=_details(0, 0),
        tax_id_collection={"required": "never", "enabled": False, **asked.get("tax_id_collection", {})},
        **{key: asked[key] for key in ("success_url", "cancel_url", "client_reference_id", "locale", "allow_promotion_codes", "billing_address_collection") if key in asked},
    )  # fmt: skip
    session["url"] = f"{world.base}/c/pay/{session['id']}"
    world.terms[session["id"]] = asked
    return session


def _agrees(world: World, asked: Thing) -> None:
    """What Stripe refuses about a session beyond names and types."""
    if asked.get("mode") != "subscription":
        raise bad_request("This account only sells subscriptions.", None, "mode")
    if not asked.get("line_items"):
        raise missing_parameter("line_items")
    if not asked.get("success_url"):
        raise missing_parameter("success_url")
    for one, other in EITHER:
        if one in asked and other in asked:
            raise bad_request(f"You may only specify one of these parameters: {one}, {other}.", None, one)
    if "customer" in asked:
        _agrees_with_customer(living(world, asked["customer"]), asked)
    elif "customer_update" in asked:
        raise bad_request("`customer_update` can only be used with `customer`.", None, "customer_update")
    expires = asked.get("expires_at", world.now() + DAY)
    if not world.now() + 1800 <= expires <= world.now() + DAY:
        raise bad_request("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", None, "expires_at")  # fmt: skip


def _agrees_with_customer(customer: Thing, asked: Thing) -> None:
    updates = asked.get("customer_update", {})
    if asked.get("tax_id_collection", {}).get("enabled") and updates.get("name") != "auto":
        raise bad_request("Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.", None, "tax_id_collection")  # fmt: skip
    wants = asked.get("automatic_tax", {}).get("enabled")
    if wants and not customer["address"] and updates.get("address") != "auto":
        raise bad_request("Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto'.", "customer_tax_location_invalid", "automatic_tax")  # fmt: skip


def _items(world: World, asked: Thing) -> list[Thing]:
    return [_line_item(world, row, number) for number, row in enumerate(asked["line_items"])]


def _line_item(world: World, row: Thing, number: int) -> Thing:
    price = usable_price(world, row.get("price", ""), f"line_items[{number}][price]")
    amount = cost(price, world.tiers.get(price["id"], []), row.get("quantity", 1))
    return spec.made("item", id=f"li_{number}", amount_discount=0, amount_subtotal=amount, amount_tax=0, amount_total=amount,
                     currency=price["currency"], price=price, quantity=row.get("quantity", 1), metadata={},
                     description=world.get("product", price["product"])["name"])  # fmt: skip


@included("checkout.session", "line_items")
def _line_items_in(world: World, session: Thing) -> Thing:
    return listed(
        _items(world, world.terms[session["id"]]), f"/v1/checkout/sessions/{session['id']}/line_items"
    )


@call("GET", "/v1/checkout/sessions/{session}/line_items")
def line_items(world: World, asked: Thing, session: str) -> Thing:
    return _line_items_in(world, world.get("checkout.session", session))


@call("GET", "/v1/checkout/sessions/{session}")
def retrieve(world: World, asked: Thing, session: str) -> Thing:
    return world.get("checkout.session", session)


@call("GET", "/v1/checkout/sessions")
def listing(world: World, asked: Thing) -> Thing:
    rows = only(world.of("checkout.session"), asked, "customer", "status", "subscription")
    return page(rows, asked, "/v1/checkout/sessions")


@call("POST", "/v1/checkout/sessions/{session}/expire")
def expire_now(world: World, asked: Thing, session: str) -> Thing:
    found = world.get("checkout.session", session)
    if found["status"] != "open":
        raise bad_request("Only Checkout Sessions with a status in [\"open\"] can be expired.")  # fmt: skip
    expire(world, found)
    return found


# --- the page's deeds -----------------------------------------------------------------------------------------------


def use_code(world: World, session: Thing, code: str) -> None:
    """The code that was typed on the page.

    :raises Refusal: when it takes nothing off any more.
    """
    found = usable_code(world, code=code)
    coupon = world.get("coupon", found["promotion"]["coupon"])
    session["discounts"] = [{"promotion_code": found["id"], "coupon": None}]
    reduction = discounted(session["amount_subtotal"], coupon)
    session.update(amount_total=session["amount_subtotal"] - reduction, total_details=_details(reduction, 0))


def pay(world: World, session: Thing, number: str, *, confirmed: bool = False, **told: str) -> Thing:
    """Pay an open session with a card's or an account's number.

    :param confirmed: whether the holder has said yes to the bank.
    :param told: name, email, country, tax_id: what the page asks besides.
    :raises Refusal: card_error when it is declined; `authentication_required` when the bank asks the holder.
    """
    asked, found = world.terms[session["id"]], methods.known(number)
    if session["status"] != "open":
        raise bad_request("This session is not open any more.")
    if methods.refused(found.attach):
        raise declined("insufficient_funds" if found.attach is Behaviour.INSUFFICIENT else "generic_decline")
    if found.attach is Behaviour.CONFIRM and not confirmed:
        raise declined(code="authentication_required", decline="authentication_required")
    customer = _customer(world, session, asked, told)
    method = methods.attach(world, methods.new(world, number, **_billing(told)), customer["id"])
    return _begun(world, session, asked, customer, method["id"])


def begin_without_paying(world: World, session: Thing, **told: str) -> Thing:
    """A trial whose page asks for no card."""
    asked = world.terms[session["id"]]
    if session["payment_method_collection"] != "if_required" or not _trial(asked):
        raise bad_request("A payment method is required.")
    return _begun(world, session, asked, _customer(world, session, asked, told), None)


def _trial(asked: Thing) -> bool:
    return bool({"trial_period_days", "trial_end"} & asked.get("subscription_data", {}).keys())


def _billing(told: dict[str, str]) -> dict[str, Any]:
    return {key: told[key] for key in ("name", "email") if told.get(key)}


def _customer(world: World, session: Thing, asked: Thing, told: dict[str, str]) -> Thing:
    """The one the session was opened for, with what the page may change of it; a new one otherwise."""
    if not session["customer"]:
        from_page = {"email": told.get("email") or session["customer_email"] or "page@example.org", "name": told.get("name")}  # fmt: skip
        session["customer"] = create_customer(world, {k: v for k, v in from_page.items() if v})["id"]
    customer = living(world, session["customer"])
    updates, changes = asked.get("customer_update", {}), {}
    if updates.get("name") == "auto" and told.get("name"):
        changes["name"] = told["name"]
    if updates.get("address") == "auto" and told.get("country"):
        changes["address"] = {**(customer["address"] or {}), "country": told["country"]}
        changes["address"] = {key: value for key, value in changes["address"].items() if value}
    if changes:
        update(world, changes, customer=customer["id"])
    if session["tax_id_collection"]["enabled"] and told.get("tax_id"):
        create_tax_id(world, {"type": "eu_vat", "value": told["tax_id"]}, customer=customer["id"])
    return customer


def _begun(world: World, session: Thing, asked: Thing, customer: Thing, method: str | None) -> Thing:
    terms = {
        **asked.get("subscription_data", {}), "customer": customer["id"], "items": [{"price": row["price"], "quantity": row.get("quantity", 1)} for row in asked["line_items"]],
        "automatic_tax": {"enabled": session["automatic_tax"]["enabled"]}, "discounts": _discounts(session, asked),
        **({"default_payment_method": method} if method else {}),
    }  # fmt: skip
    world.confirmed |= {method} if method else set()  # the holder is here: the bank asked on the page
    subscription = begin(world, terms)
    world.confirmed.discard(method or "")
    complete(world, session, customer, subscription)
    return session


def _discounts(session: Thing, asked: Thing) -> list[Thing]:
    typed = [{"promotion_code": row["promotion_code"]} for row in session["discounts"] or []]
    return typed or asked.get("discounts", [])


def complete(world: World, session: Thing, customer: Thing, subscription: Thing) -> None:
    """The session is over, and says what came of it."""
    invoice = world.find(subscription["latest_invoice"] or "")
    status = "no_payment_required"
    if invoice and invoice["amount_due"]:
        status = "paid" if invoice["status"] == "paid" else "unpaid"
    details = spec.made(
        "payment_pages_checkout_session_customer_details", address=customer["address"], email=customer["email"], name=customer["name"],
        tax_exempt=customer["tax_exempt"], tax_ids=[{"type": row["type"], "value": row["value"]} for row in world.of("tax_id") if row["customer"] == customer["id"]],
    )  # fmt: skip
    if invoice:
        taxes = sum(row["amount"] for row in invoice["total_taxes"])
        reductions = sum(row["amount"] for row in invoice["total_discount_amounts"])
        session.update(amount_total=invoice["total"], total_details=_details(reductions, taxes), invoice=invoice["id"])  # fmt: skip
    session.update(status="complete", payment_status=status, subscription=subscription["id"], url=None, customer_details=details)  # fmt: skip
    world.tell("checkout.session.completed", session)


def _details(discount: int, tax: int) -> Thing:
    return {"amount_discount": discount, "amount_shipping": 0, "amount_tax": tax}
