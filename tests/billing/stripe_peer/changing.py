"""Changes of a running subscription: quantity, price, trial, method, end; and what they will cost, told beforehand."""

from copy import deepcopy
from typing import Any

from tests.billing.stripe_peer import invoices, spec
from tests.billing.stripe_peer.calls import call, with_metadata
from tests.billing.stripe_peer.charging import Outcome, method_for
from tests.billing.stripe_peer.money import cost, period_end
from tests.billing.stripe_peer.refusals import bad_request, declined, missing_parameter
from tests.billing.stripe_peer.subscriptions import OVER, credit, debit, discount, finish, usable_price
from tests.billing.stripe_peer.world import Thing, World

PLAIN = ("cancel_at_period_end", "days_until_due", "collection_method", "default_payment_method", "description")  # fmt: skip


@call("POST", "/v1/subscriptions/{subscription_exposed_id}")
def update(world: World, asked: Thing, subscription_exposed_id: str) -> Thing:
    subscription = world.get("subscription", subscription_exposed_id)
    if subscription["status"] in OVER:
        raise bad_request("A canceled subscription can only update its cancellation_details and metadata.")
    if subscription["status"] == "incomplete" and "items" in asked:
        raise bad_request("The subscription is incomplete: its items cannot be changed.")
    if asked.get("cancel_at_period_end") and asked.get("cancel_at"):
        raise bad_request("You may only specify one of these parameters: cancel_at_period_end, cancel_at.")
    before = deepcopy(subscription)
    lines, renewed = rearranged(world, subscription, asked)
    _collect(world, subscription, before, lines, asked, renewed=renewed)
    _tell(world, before, subscription, _plain(world, subscription, asked))
    return subscription


def _plain(world: World, subscription: Thing, asked: Thing) -> Thing:
    changes: dict[str, Any] = {key: asked[key] or None for key in PLAIN if key in asked}
    if "cancel_at_period_end" in asked:
        changes |= _ending(world, subscription, at_end=asked["cancel_at_period_end"])
    if "cancel_at" in asked:
        changes |= {"cancel_at": asked["cancel_at"] or None, "canceled_at": world.now() if asked["cancel_at"] else None}  # fmt: skip
    if "metadata" in asked:
        changes["metadata"] = with_metadata(subscription["metadata"], asked["metadata"])
    for key in ("automatic_tax", "invoice_settings", "trial_settings", "payment_settings"):
        if key in asked:
            changes[key] = (subscription[key] or {}) | asked[key]
    if isinstance(asked.get("trial_end"), int):
        changes |= _trial_until(subscription, asked["trial_end"])
    if "discounts" in asked:
        changes["discounts"] = [discount(world, subscription, row) for row in asked["discounts"] or []]
    if asked.get("default_payment_method"):
        world.get("payment_method", asked["default_payment_method"], "default_payment_method")
    return changes


def _ending(world: World, subscription: Thing, *, at_end: bool) -> Thing:
    """At the end of the period it runs in; taking it back leaves no trace."""
    details = subscription["cancellation_details"]
    if not at_end:
        return {"cancel_at_period_end": False, "cancel_at": None, "canceled_at": None, "cancellation_details": details | {"reason": None}}  # fmt: skip
    return {"cancel_at_period_end": True, "cancel_at": subscription["items"]["data"][0]["current_period_end"],
            "canceled_at": world.now(), "cancellation_details": details | {"reason": "cancellation_requested"}}  # fmt: skip


def _trial_until(subscription: Thing, end: int) -> Thing:
    """A trial given or made longer: its end is where the first period begins."""
    for item in subscription["items"]["data"]:
        item["current_period_end"] = end
    return {"status": "trialing", "trial_end": end, "billing_cycle_anchor": end}


def _tell(world: World, before: Thing, subscription: Thing, changes: Thing) -> None:
    """One event for all of it."""
    previous = {key: before[key] for key, value in changes.items() if before.get(key) != value}
    subscription.update(deepcopy(changes))
    for key in ("items", "status", "trial_end", "billing_cycle_anchor", "latest_invoice"):
        if before[key] != subscription[key]:
            previous[key] = before[key]
    if previous:
        world.tell("customer.subscription.updated", subscription, previous)


# --- items ----------------------------------------------------------------------------------------------------------


def rearranged(world: World, subscription: Thing, asked: Thing) -> tuple[list[Thing], bool]:
    """Change the items; the lines that this is worth, and whether a new period began."""
    lines: list[Thing] = []
    at = asked.get("proration_date", world.now())
    started = _trial_over(world, subscription, asked)
    renewed = started or asked.get("billing_cycle_anchor") == "now"
    for change in asked.get("items", []):
        item = _item(subscription, change)
        price = (
            usable_price(world, change["price"], "items[0][price]") if "price" in change else item["price"]
        )
        renewed |= price["recurring"] != item["price"]["recurring"]
        old = credit(world, subscription, item, at)
        item.update(price=price, quantity=change.get("quantity", item["quantity"]))
        if subscription["trial_end"] and subscription["status"] == "trialing":
            continue
        if asked.get("proration_behavior") != "none":
            lines += [old] if renewed else [old, debit(world, subscription, item, at)]
    if renewed and subscription["status"] != "trialing":
        lines += [] if started else _rest_of(world, subscription, asked, at)
        _begin_period(world, subscription)
        lines += _whole(world, subscription)
    return lines, renewed


def _rest_of(world: World, subscription: Thing, asked: Thing, at: int) -> list[Thing]:
    """What a new cycle gives back when no item has been credited for it yet."""
    if asked.get("items") or asked.get("proration_behavior") == "none":
        return []
    return [credit(world, subscription, item, at) for item in subscription["items"]["data"]]


def _item(subscription: Thing, change: Thing) -> Thing:
    """
    :raises Refusal: Palier's subscriptions have one item, named by its id; another would be a second one.
    """
    if "id" not in change:
        raise missing_parameter("items[0][id]")
    for item in subscription["items"]["data"]:
        if item["id"] == change["id"]:
            found: Thing = item
            return found
    raise bad_request(f"No such subscription item: '{change['id']}'", "resource_missing", "items[0][id]")


def _trial_over(world: World, subscription: Thing, asked: Thing) -> bool:
    if asked.get("trial_end") != "now" or subscription["status"] != "trialing":
        return False
    subscription.update(status="active", trial_end=world.now())
    return True


def _begin_period(world: World, subscription: Thing) -> None:
    start = world.now()
    subscription["billing_cycle_anchor"] = start
    for item in subscription["items"]["data"]:
        item.update(current_period_start=start, current_period_end=period_end(start, item["price"]["recurring"]))  # fmt: skip


def _whole(world: World, subscription: Thing) -> list[Thing]:
    return [
        invoices.line(world, subscription, item, cost(item["price"], world.tiers.get(item["price"]["id"], []), item["quantity"]),
                      (item["current_period_start"], item["current_period_end"]))
        for item in subscription["items"]["data"]
    ]  # fmt: skip


def _collect(world: World, subscription: Thing, before: Thing, lines: list[Thing], asked: Thing, *, renewed: bool) -> None:  # fmt: skip
    """Now, when it is asked for or a new period began; otherwise with the next invoice."""
    if not lines:
        return
    if not renewed and asked.get("proration_behavior") != "always_invoice":
        world.pending.setdefault(subscription["id"], []).extend(lines)
        return
    events = len(world.events)
    invoice = invoices.draft(world, subscription, world.pending.pop(subscription["id"], []) + lines, "subscription_update")  # fmt: skip
    outcome = finish(world, invoice)
    if (
        outcome in (Outcome.DECLINED, Outcome.CONFIRM)
        and asked.get("payment_behavior") == "error_if_incomplete"
    ):
        _undo(world, subscription, before, invoice, events)
        raise declined()


def _undo(world: World, subscription: Thing, before: Thing, invoice: Thing, events: int) -> None:
    """The card said no to a change that was only wanted if it is paid: nothing happened."""
    subscription.clear()
    subscription.update(before)
    for item in subscription["items"]["data"]:
        item["price"] = world.get("price", item["price"]["id"])
    del world.things["invoice"][invoice["id"]], world.events[events:]


# --- beforehand -----------------------------------------------------------------------------------------------------


@call("POST", "/v1/invoices/create_preview")
def preview(world: World, asked: Thing) -> Thing:
    """Of the next invoice; of the invoice of a change, where it would be made at once."""
    if "subscription" not in asked:
        return _preview_of_new(world, asked)
    real = world.get("subscription", asked["subscription"], "subscription")
    subscription, change = deepcopy(real), asked.get("subscription_details", {})
    lines, renewed = rearranged(world, subscription, change)
    if change.get("cancel_at_period_end") or (real["cancel_at_period_end"] and not lines):
        raise bad_request("No upcoming invoices for customer", "invoice_upcoming_none")
    waiting = deepcopy(world.pending.get(real["id"], []))
    at_once = lines and (renewed or change.get("proration_behavior") == "always_invoice")
    if not at_once:
        _next_period(world, subscription)
        lines = [*lines, *_whole(world, subscription)]
    return _shown(world, subscription, waiting + lines, "subscription_update" if at_once else "upcoming")


def _next_period(world: World, subscription: Thing) -> None:
    for item in subscription["items"]["data"]:
        start = item["current_period_end"]
        item.update(current_period_start=start, current_period_end=period_end(start, item["price"]["recurring"]))  # fmt: skip


def _preview_of_new(world: World, asked: Thing) -> Thing:
    """What a subscription that does not exist yet would cost first."""
    if not asked.get("subscription_details", {}).get("items"):
        raise missing_parameter("subscription")
    start = world.now()
    items = [
        spec.made("subscription_item", id=f"si_preview_{number}", price=usable_price(world, row["price"], "subscription_details[items][0][price]"),
                  quantity=row.get("quantity", 1), current_period_start=start, current_period_end=start)
        for number, row in enumerate(asked["subscription_details"]["items"])
    ]  # fmt: skip
    subscription = {
        "id": "sub_preview", "customer": world.get("customer", asked["customer"], "customer")["id"], "collection_method": "charge_automatically",
        "days_until_due": None, "currency": items[0]["price"]["currency"], "discounts": [], "metadata": {}, "payment_settings": None,
        "automatic_tax": {"enabled": asked.get("automatic_tax", {}).get("enabled", False)}, "items": {"data": items},
        "invoice_settings": dict.fromkeys(("custom_fields", "footer", "description")),
    }  # fmt: skip
    _next_period(world, subscription)
    return _shown(world, subscription, _whole(world, subscription), "upcoming")


def _shown(world: World, subscription: Thing, lines: list[Thing], reason: str) -> Thing:
    """A draft under a name of its own, kept nowhere."""
    invoice = invoices.drawn_up(world, subscription, lines, reason, ident=world.new_id("upcoming_in"))
    real = world.things.get("subscription", {}).get(subscription["id"])
    invoice["default_payment_method"] = method_for(world, real) if real else None
    return invoice
