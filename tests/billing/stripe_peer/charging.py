"""Collecting an invoice: what each card and account does, and what becomes of the subscription."""

from enum import StrEnum

from tests.billing.stripe_peer import invoices, methods
from tests.billing.stripe_peer.methods import Behaviour
from tests.billing.stripe_peer.money import DAY
from tests.billing.stripe_peer.world import Thing, World

RETRIES = (3, 5, 7)
"""Days after a failure; the failure after the last of them ends the dunning."""
DEBIT_DAYS = 5
"""Until a SEPA debit is known to have gone through, or not."""


class Outcome(StrEnum):
    """Of one attempt."""

    PAID = "paid"
    SENT = "sent"
    DECLINED = "declined"
    CONFIRM = "confirm"
    PROCESSING = "processing"


def method_for(world: World, subscription: Thing) -> str | None:
    """The subscription's own method, or its customer's."""
    customer = world.get("customer", subscription["customer"])
    if subscription["default_payment_method"] or customer.get("deleted"):
        return subscription["default_payment_method"]
    return customer["invoice_settings"]["default_payment_method"]


def attempt(world: World, invoice: Thing) -> Outcome:
    """Ask for the money of an open invoice, or send it to whoever pays by transfer."""
    subscription = world.get("subscription", invoices.subscription_of(invoice))
    if not invoice["amount_due"]:
        return settle(world, invoice, None)
    if invoice["collection_method"] == "send_invoice":
        world.tell("invoice.sent", invoice)
        return Outcome.SENT
    method = method_for(world, subscription)
    behaviour = methods.behaviour_of(world, method)
    confirmed = world.confirmed & {invoice["id"], method}
    if behaviour is Behaviour.GOOD or (behaviour is Behaviour.CONFIRM and confirmed):
        return settle(world, invoice, method)
    if behaviour in (Behaviour.SLOW_GOOD, Behaviour.SLOW_BAD):
        return _debit(world, invoice, good=behaviour is Behaviour.SLOW_GOOD)
    if behaviour is Behaviour.CONFIRM:
        world.tell("invoice.payment_action_required", invoice)
    fail(world, invoice)
    return Outcome.CONFIRM if behaviour is Behaviour.CONFIRM else Outcome.DECLINED


def settle(world: World, invoice: Thing, method: str | None, *, out_of_band: bool = False) -> Outcome:
    """It is paid: what waited for it goes on."""
    invoices.paid(world, invoice, method=method, out_of_band=out_of_band)
    subscription = world.get("subscription", invoices.subscription_of(invoice))
    _delinquent(world, subscription, state=False)
    if subscription["status"] in ("incomplete", "past_due", "unpaid") and not _owes(world, subscription):
        world.change("customer.subscription.updated", subscription, status="active")
    return Outcome.PAID


def _owes(world: World, subscription: Thing) -> bool:
    return any(
        row["status"] == "open" and row["attempted"]
        for row in world.of("invoice")
        if invoices.subscription_of(row) == subscription["id"]
    )


def fail(world: World, invoice: Thing) -> None:
    """An attempt failed: another follows, or the dunning ends."""
    count = invoice["attempt_count"] + 1
    first = invoice["billing_reason"] == "subscription_create"
    again = None if first or count > len(RETRIES) else world.now() + RETRIES[count - 1] * DAY
    world.change("invoice.payment_failed", invoice, attempted=True, attempt_count=count, next_payment_attempt=again)  # fmt: skip
    subscription = world.get("subscription", invoices.subscription_of(invoice))
    _delinquent(world, subscription, state=True)
    if first and subscription["status"] == "incomplete":
        return
    if again is None and not first:
        end_dunning(world, subscription)
    elif subscription["status"] in ("active", "trialing"):
        world.change("customer.subscription.updated", subscription, status="past_due")


def _delinquent(world: World, subscription: Thing, state: bool) -> None:
    customer = world.get("customer", subscription["customer"])
    if not customer.get("deleted"):
        customer["delinquent"] = state


def end_dunning(world: World, subscription: Thing) -> None:
    """As the account chose: canceled, unpaid or left past due."""
    if world.end_of_dunning != "canceled":
        world.change("customer.subscription.updated", subscription, status=world.end_of_dunning)
        return
    now = world.now()
    details = subscription["cancellation_details"] | {"reason": "payment_failed"}
    subscription.update(status="canceled", canceled_at=now, ended_at=now, cancellation_details=details)
    world.tell("customer.subscription.deleted", subscription)


def _debit(world: World, invoice: Thing, *, good: bool) -> Outcome:
    """A direct debit is on its way: the subscription begins or goes on meanwhile."""
    invoice["attempted"] = True
    subscription = world.get("subscription", invoices.subscription_of(invoice))
    if subscription["status"] == "incomplete":
        world.change("customer.subscription.updated", subscription, status="active")
    at = world.now() + DEBIT_DAYS * DAY
    world.later.append((at, lambda: debited(world, invoice, good=good)))
    return Outcome.PROCESSING


def debited(world: World, invoice: Thing, *, good: bool) -> None:
    """The bank's answer to a debit, and what it means for the Checkout that began with it."""
    if invoice["status"] != "open":
        return
    if good:
        settle(world, invoice, method_for(world, world.get("subscription", invoices.subscription_of(invoice))))  # fmt: skip
    else:
        fail(world, invoice)
    for session in world.of("checkout.session"):
        if session["invoice"] == invoice["id"] and session["payment_status"] == "unpaid":
            session["payment_status"] = "paid" if good else "unpaid"
            world.tell(f"checkout.session.async_payment_{'succeeded' if good else 'failed'}", session)
