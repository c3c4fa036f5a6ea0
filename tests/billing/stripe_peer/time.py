"""What comes due as time goes by, each thing at its own second: renewals, retries, ends, expiries, results of debits."""

from collections.abc import Callable, Iterator

from tests.billing.stripe_peer import charging, invoices
from tests.billing.stripe_peer.money import DAY, HOUR, period_end
from tests.billing.stripe_peer.subscriptions import (
    chargeable,
    end_of_single_discounts,
    ended,
    period_lines,
)
from tests.billing.stripe_peer.world import Thing, World

Due = tuple[int, Callable[[], None]]
FIRST_PAYMENT_WITHIN = 23 * HOUR
WARNED_BEFORE = 3 * DAY


def forward(world: World, *, days: float = 0, seconds: int = 0, to: int | None = None) -> None:
    """Let time pass, and everything happen that falls due on the way."""
    target = to if to is not None else world.now() + int(days * DAY) + seconds
    while coming := [due for due in _due(world) if due[0] <= target]:
        at, happen = min(coming, key=lambda due: due[0])
        world.move_to(max(at, world.now()))
        happen()
    world.move_to(max(target, world.now()))


def _due(world: World) -> Iterator[Due]:
    for number, (at, happen) in enumerate(world.later):
        yield at, _once(world, number, happen)
    for subscription in world.of("subscription"):
        yield from _of_subscription(world, subscription)
    for invoice in world.of("invoice"):
        yield from _of_invoice(world, invoice)
    for session in world.of("checkout.session"):
        if session["status"] == "open":
            yield session["expires_at"], lambda session=session: expire(world, session)


def _once(world: World, number: int, happen: Callable[[], None]) -> Callable[[], None]:
    def take() -> None:
        del world.later[number]
        happen()

    return take


def expire(world: World, session: Thing) -> None:
    session.update(status="expired", url=None)
    world.tell("checkout.session.expired", session)


# --- subscriptions --------------------------------------------------------------------------------------------------


def _of_subscription(world: World, subscription: Thing) -> Iterator[Due]:
    status, end = subscription["status"], subscription["items"]["data"][0]["current_period_end"]
    if status == "incomplete":
        yield subscription["created"] + FIRST_PAYMENT_WITHIN, lambda: _never_paid(world, subscription)
    if status == "trialing":
        yield from _of_trial(world, subscription)
    if status in ("active", "past_due", "unpaid", "trialing") and subscription["cancel_at"]:
        yield subscription["cancel_at"], lambda: _end(world, subscription)
    elif status in ("active", "past_due"):
        yield end, lambda: renew(world, subscription)


def _end(world: World, subscription: Thing) -> None:
    ended(
        world, subscription, reason=subscription["cancellation_details"]["reason"] or "cancellation_requested"
    )


def _of_trial(world: World, subscription: Thing) -> Iterator[Due]:
    warned = any(event["type"] == "customer.subscription.trial_will_end" and event["data"]["object"]["id"] == subscription["id"]
                 and event["data"]["object"]["trial_end"] == subscription["trial_end"] for event in world.events)  # fmt: skip
    if not warned:
        at = subscription["trial_end"] - WARNED_BEFORE
        yield at, lambda: world.tell("customer.subscription.trial_will_end", subscription)
    yield subscription["trial_end"], lambda: _end_trial(world, subscription)


def _end_trial(world: World, subscription: Thing) -> None:
    """With a method it goes on and is charged; without one it does what was agreed."""
    missing = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if subscription["cancel_at"] and subscription["cancel_at"] <= world.now():
        _end(world, subscription)
    elif chargeable(world, subscription) or missing == "create_invoice":
        renew(world, subscription, status="active")
    elif missing == "pause":
        world.change("customer.subscription.updated", subscription, status="paused")
        world.tell("customer.subscription.paused", subscription)
    else:
        ended(world, subscription, reason="payment_failed")


def renew(world: World, subscription: Thing, **changes: str) -> None:
    """The next period begins, and its invoice is drawn up; it is charged an hour later."""
    before = {"current_period_start": subscription["items"]["data"][0]["current_period_start"]}
    for item in subscription["items"]["data"]:
        start = item["current_period_end"]
        item.update(
            current_period_start=start,
            current_period_end=period_end(start, item["price"]["recurring"], subscription["billing_cycle_anchor"]),
        )  # fmt: skip
    subscription.update(changes)
    end_of_single_discounts(world, subscription)
    invoices.draft(world, subscription, period_lines(world, subscription), "subscription_cycle", waits=True)
    world.tell("customer.subscription.updated", subscription, {"items": {"data": [before]}})


def _never_paid(world: World, subscription: Thing) -> None:
    for invoice in world.of("invoice"):
        if invoice["status"] == "open" and invoices.subscription_of(invoice) == subscription["id"]:
            invoices.voided(world, invoice)
    changes = {"status": "incomplete_expired", "ended_at": world.now()}
    world.change("customer.subscription.updated", subscription, **changes)


# --- invoices -------------------------------------------------------------------------------------------------------


def _of_invoice(world: World, invoice: Thing) -> Iterator[Due]:
    if invoice["status"] == "draft" and invoice["automatically_finalizes_at"]:
        yield invoice["automatically_finalizes_at"], lambda: _collect(world, invoice)
    if invoice["status"] == "open" and invoice["next_payment_attempt"]:
        yield invoice["next_payment_attempt"], lambda: _retry(world, invoice)
    if invoice["status"] == "open" and invoice["due_date"] and not invoice["attempted"]:
        yield invoice["due_date"], lambda: _overdue(world, invoice)


def _collect(world: World, invoice: Thing) -> None:
    if invoices.finalize(world, invoice):
        charging.attempt(world, invoice)


def _retry(world: World, invoice: Thing) -> None:
    invoice["next_payment_attempt"] = None
    charging.attempt(world, invoice)


def _overdue(world: World, invoice: Thing) -> None:
    """Nobody paid what was sent to them: Stripe says so, and waits."""
    invoice["attempted"] = True
    world.tell("invoice.overdue", invoice)
    subscription = world.get("subscription", invoices.subscription_of(invoice))
    if subscription["status"] == "active":
        world.change("customer.subscription.updated", subscription, status="past_due")
