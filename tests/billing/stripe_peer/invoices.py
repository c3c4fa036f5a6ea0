"""Invoices: drawn up from lines, finalized with discounts and tax, then paid, missed, sent, voided."""

from typing import Any

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.calls import call, included, only, page
from tests.billing.stripe_peer.catalogue import redeemed
from tests.billing.stripe_peer.customers import tax_ids_of
from tests.billing.stripe_peer.money import DAY, HOUR, discounted, rounded, tax_of
from tests.billing.stripe_peer.refusals import bad_request
from tests.billing.stripe_peer.world import Thing, World, listed

BLANK = ("amount_due", "amount_overpaid", "amount_paid", "amount_paid_off_stripe", "amount_remaining", "amount_shipping", "attempt_count", "starting_balance",
         "subtotal", "total", "post_payment_credit_notes_amount", "pre_payment_credit_notes_amount")  # fmt: skip


def line(world: World, subscription: Thing, item: Thing, amount: int, period: tuple[int, int], *, proration: bool = False, about: str = "") -> Thing:  # fmt: skip
    """One line of a subscription's invoice; `amount` is without tax and may be negative."""
    price, quantity = item["price"], item["quantity"]
    parent = {"subscription_item": item["id"], "subscription": subscription["id"], "proration": proration}
    if proration:
        parent["proration_details"] = spec.made("billing_bill_resource_invoicing_lines_common_proration_details")  # fmt: skip
    return spec.made(
        "line_item", id=world.new_id("il"), amount=amount, subtotal=amount, currency=price["currency"], livemode=False, metadata={},
        description=about or f"{quantity} × {world.get('product', price['product'])['name']}", discountable=True, discounts=[],
        discount_amounts=[], period={"start": period[0], "end": period[1]}, quantity=quantity, quantity_decimal=str(quantity),
        parent={"type": "subscription_item_details", "subscription_item_details": parent}, subscription=subscription["id"],
        pricing={"type": "price_details", "price_details": {"price": price["id"], "product": price["product"]}},
        pretax_credit_amounts=[], taxes=[],
    )  # fmt: skip


def drawn_up(world: World, subscription: Thing, lines: list[Thing], reason: str, *, ident: str | None = None) -> Thing:  # fmt: skip
    """A draft with its amounts, kept nowhere yet: a preview is one that never is."""
    customer = world.get("customer", subscription["customer"])
    now, period = world.now(), lines[-1]["period"] if lines else {"start": world.now(), "end": world.now()}
    manual = subscription["collection_method"] == "send_invoice"
    invoice = spec.made(
        "invoice", **dict.fromkeys(BLANK, 0), id=ident or world.new_id("in"), created=now, livemode=False, currency=subscription["currency"],
        customer=customer["id"], billing_reason=reason, status="draft", attempted=False, auto_advance=True, metadata={},
        collection_method=subscription["collection_method"], account_country=world.country, account_name="Palier",
        automatic_tax=spec.made("automatic_tax", enabled=subscription["automatic_tax"]["enabled"]), default_tax_rates=[], discounts=list(subscription["discounts"]),
        due_date=now + subscription["days_until_due"] * DAY if manual else None, issuer={"type": "self"},
        lines=listed(lines, f"/v1/invoices/{ident}/lines"), period_start=period["start"], period_end=period["end"],
        parent={"type": "subscription_details", "subscription_details": {"subscription": subscription["id"], "metadata": subscription["metadata"]}},
        payment_settings=_payment_settings(subscription), status_transitions=spec.made("invoices_resource_status_transitions"),
        custom_fields=subscription["invoice_settings"]["custom_fields"], footer=subscription["invoice_settings"]["footer"],
        description=subscription["invoice_settings"]["description"], customer_tax_exempt=customer["tax_exempt"],
        default_payment_method=None, webhooks_delivered_at=now, **_said_of(customer),
    )  # fmt: skip
    invoice["lines"]["data"] = lines
    reckon(world, invoice)
    return invoice


def _payment_settings(subscription: Thing) -> Thing:
    settings = subscription["payment_settings"] or {}
    return spec.made("invoices_payment_settings", payment_method_types=settings.get("payment_method_types"))


def _said_of(customer: Thing) -> Thing:
    return {f"customer_{key}": customer[key] for key in ("address", "email", "name", "phone")}


def reckon(world: World, invoice: Thing) -> None:
    """Subtotal, discounts, tax and total, from its lines and from where its customer is now."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"])
    reductions = [
        {"discount": ident, "amount": discounted(max(subtotal, 0), coupon_of(world, ident))}
        for ident in invoice["discounts"]
    ]
    net = subtotal - sum(row["amount"] for row in reductions)
    taxes = _taxes(world, invoice, net)
    total = net + sum(row["amount"] for row in taxes or [])
    invoice.update(
        subtotal=subtotal, subtotal_excluding_tax=subtotal, total=total, total_excluding_tax=net, total_taxes=taxes or [],
        amount_due=max(total, 0), amount_remaining=max(total, 0), total_discount_amounts=reductions, total_pretax_credit_amounts=[],
        customer_tax_ids=[{"type": row["type"], "value": row["value"]} for row in tax_ids_of(world, invoice["customer"])],
    )  # fmt: skip


def coupon_of(world: World, discount: str) -> Thing:
    return world.get("coupon", world.get("discount", discount)["source"]["coupon"])


def _taxes(world: World, invoice: Thing, net: int) -> list[Thing] | None:
    """None when the automatic tax cannot tell; its own state says why."""
    if not invoice["automatic_tax"]["enabled"]:
        return []
    known = tax_of(world.country, {"address": invoice["customer_address"]}, tax_ids_of(world, invoice["customer"]))  # fmt: skip
    invoice["automatic_tax"].update(
        status="complete" if known else "requires_location_inputs",
        liability={"type": "self"},
        provider="stripe",
    )
    if known is None:
        return None
    rate, reason = known
    return [spec.made("billing_bill_resource_invoicing_taxes_tax", amount=rounded(net * rate), tax_behavior="exclusive",
                      taxability_reason=reason, taxable_amount=net, type="tax_rate_details",
                      tax_rate_details={"tax_rate": f"txr_{int(rate * 100)}"})]  # fmt: skip


# --- its life -------------------------------------------------------------------------------------------------------


def draft(world: World, subscription: Thing, lines: list[Thing], reason: str, *, waits: bool = False) -> Thing:  # fmt: skip
    """
    :param waits: for an hour, as renewals and first invoices that are sent do.
    """
    invoice = world.keep(drawn_up(world, subscription, lines, reason))
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    for row in lines:
        row["invoice"] = invoice["id"]
    invoice["automatically_finalizes_at"] = world.now() + HOUR if waits else None
    subscription["latest_invoice"] = invoice["id"]
    world.tell("invoice.created", invoice)
    return invoice


def finalize(world: World, invoice: Thing) -> bool:
    """Number it and fix what it says. False when the tax cannot be told: it stays a draft, and says why."""
    customer = world.get("customer", invoice["customer"])
    invoice.update(_said_of(customer) if not customer.get("deleted") else {})
    reckon(world, invoice)
    if invoice["automatic_tax"]["enabled"] and invoice["automatic_tax"]["status"] != "complete":
        return _not_finalized(world, invoice)
    customer["next_invoice_sequence"] += 1
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence'] - 1:04}"
    world.change(
        "invoice.finalized", invoice, number=number, status="open", automatically_finalizes_at=None, ending_balance=0, effective_at=world.now(),
        hosted_invoice_url=f"{world.base}/i/{invoice['id']}", invoice_pdf=f"{world.base}/i/{invoice['id']}/pdf", last_finalization_error=None,
        status_transitions=invoice["status_transitions"] | {"finalized_at": world.now()},
    )  # fmt: skip
    for discount in invoice["discounts"]:
        redeemed(world, world.get("discount", discount))
    return True


def _not_finalized(world: World, invoice: Thing) -> bool:
    error = {"type": "invalid_request_error", "code": "customer_tax_location_invalid", "message": "The customer's location isn't recognized.",
             "doc_url": "https://stripe.com/docs/error-codes"}  # fmt: skip
    invoice["automatic_tax"]["disabled_reason"] = None
    world.change("invoice.finalization_failed", invoice, last_finalization_error=error, automatically_finalizes_at=None)  # fmt: skip
    return False


def paid(world: World, invoice: Thing, *, method: str | None = None, out_of_band: bool = False) -> None:
    """Money came, through us or round us."""
    due = invoice["amount_due"]
    if method and due:
        _charged(world, invoice, method)
    world.change(
        "invoice.paid", invoice, status="paid", attempted=True, attempt_count=invoice["attempt_count"] + (0 if out_of_band else 1),
        amount_paid=due, amount_remaining=0, next_payment_attempt=None, auto_advance=False,
        amount_paid_off_stripe=due if out_of_band else 0,
        status_transitions=invoice["status_transitions"] | {"paid_at": world.now()},
    )  # fmt: skip
    world.tell("invoice.payment_succeeded", invoice)


def _charged(world: World, invoice: Thing, method: str) -> None:
    details = world.get("payment_method", method)["billing_details"]
    charge = world.make(
        "charge", "ch", amount=invoice["amount_due"], amount_captured=invoice["amount_due"], amount_refunded=0, billing_details=details,
        captured=True, currency=invoice["currency"], disputed=False, metadata={}, paid=True, refunded=False, status="succeeded",
        customer=invoice["customer"], payment_method=method, payment_intent=world.new_id("pi"), fraud_details={},
    )  # fmt: skip
    world.tell("charge.succeeded", charge)
    world.make(
        "invoice_payment", "inpay", amount_paid=charge["amount"], amount_requested=charge["amount"], currency=invoice["currency"], is_default=True,
        invoice=invoice["id"], status="paid", payment={"type": "payment_intent", "payment_intent": charge["payment_intent"]},
        status_transitions={"canceled_at": None, "paid_at": world.now()},
    )  # fmt: skip


def charge_of(world: World, invoice: str) -> Thing:
    """The charge that paid an invoice."""
    payment = only(world.of("invoice_payment"), {"invoice": invoice}, "invoice")[-1]["payment"]["payment_intent"]  # fmt: skip
    return only(world.of("charge"), {"payment_intent": payment}, "payment_intent")[0]


def voided(world: World, invoice: Thing) -> None:
    moments = invoice["status_transitions"] | {"voided_at": world.now()}
    world.change("invoice.voided", invoice, status="void", auto_advance=False, next_payment_attempt=None, status_transitions=moments)  # fmt: skip


# --- calls ----------------------------------------------------------------------------------------------------------


@call("GET", "/v1/invoices")
def listing(world: World, asked: Thing) -> Thing:
    rows = only(world.of("invoice"), asked, "customer", "status", "collection_method")
    if "subscription" in asked:
        rows = [row for row in rows if subscription_of(row) == asked["subscription"]]
    return page(rows, asked, "/v1/invoices")


@call("GET", "/v1/invoices/{invoice}")
def retrieve(world: World, asked: Thing, invoice: str) -> Thing:
    return world.get("invoice", invoice)


@call("POST", "/v1/invoices/{invoice}/void")
def void(world: World, asked: Thing, invoice: str) -> Thing:
    found = world.get("invoice", invoice)
    if found["status"] not in ("open", "uncollectible"):
        raise bad_request("You can only pass in open or uncollectible invoices.", "invoice_not_editable")
    voided(world, found)
    return found


@call("GET", "/v1/charges/{charge}")
def charge(world: World, asked: Thing, charge: str) -> Thing:
    return world.get("charge", charge)


@call("GET", "/v1/disputes/{dispute}")
def dispute(world: World, asked: Thing, dispute: str) -> Thing:
    return world.get("dispute", dispute)


@call("GET", "/v1/invoice_payments")
def payments(world: World, asked: Thing) -> Thing:
    rows = only(world.of("invoice_payment"), asked, "invoice", "status")
    if wanted := asked.get("payment", {}).get("payment_intent"):
        rows = [row for row in rows if row["payment"]["payment_intent"] == wanted]
    return page(rows, asked, "/v1/invoice_payments")


def subscription_of(invoice: Thing) -> Any:
    """The id of the subscription an invoice belongs to."""
    return invoice["parent"]["subscription_details"]["subscription"]


@included("invoice", "payments")
def _payments_in(world: World, invoice: Thing) -> Thing:
    return listed(only(world.of("invoice_payment"), {"invoice": invoice["id"]}, "invoice"), "/v1/invoice_payments")  # fmt: skip
