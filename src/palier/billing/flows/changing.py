"""Changing, ending and looking after what is paid; and subscribing on invoices, without a payment page.

Every change is asked of Stripe, then the subscription is asked for anew and written: one way in, for these flows as for events.
"""

from datetime import UTC, datetime
from typing import Any

from palier.billing.flows.buying import close_others
from palier.billing.flows.customers import keep
from palier.billing.flows.ordering import UNFINISHED, check_offer, open_till, running_of
from palier.billing.flows.pricing import price_of
from palier.billing.flows.projecting import project
from palier.billing.payers import Payer, account_for
from palier.billing.rules.orders import CannotBuy, Change, Order, Preview, Why
from palier.billing.rules.reading import LIVE
from palier.billing.rules.states import CheckoutState, Collection
from palier.billing.store import BillingAccount, Checkout, Subscription
from palier.billing.stripe import Json, Refused, Stripe, key_of
from palier.foundation import audit
from palier.foundation.clock import now as moment
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id

PRORATION = "create_prorations"
"""What was paid for and is not used is taken off the next invoice, what is used and was not paid for is put on it."""
DAYS_TO_PAY = 30
TRANSFER_COUNTRIES = frozenset({"BE", "DE", "ES", "FR", "IE", "NL"})
"""Where Stripe gives an account number of the country for transfers; elsewhere the invoice's own page is paid on."""


async def preview(payer: Payer, till: Stripe | None, change: Change) -> Preview:
    """What a change would cost, as Stripe says. Nothing is changed. Raises CannotBuy, TillAway, Refused."""
    till = open_till(till)
    offer = await check_offer(payer, till, change)
    _, row = await running_of(payer)
    asked = {
        "subscription": row.id,
        "subscription_details": {
            "items": [await _item(payer, till, row, change)],
            "proration_behavior": PRORATION,
        },
    }
    told = await till.post("invoices/create_preview", asked, key_of("preview", row.id, new_id()))
    if change.interval == row.interval:
        return _read(told, due_now=False, following=0, on=row.period_end)
    following = offer.prices[change.interval].of(change.quantity)
    return _read(told, due_now=True, following=following, on=_end_of_period(told))


def _read(told: Json, *, due_now: bool, following: int, on: datetime | None) -> Preview:
    """A change of the interval is invoiced at once; any other comes onto the invoice that is next."""
    total = int(told.get("total") or 0)
    due, credit = max(0, int(told.get("amount_due") or 0)), max(0, -total)
    tax = total - int(told.get("total_excluding_tax") or 0)
    return Preview(due if due_now else 0, following if due_now else due, tax, credit, on)


def _end_of_period(told: Json) -> datetime | None:
    ends = [
        line["period"]["end"] for line in (told.get("lines") or {}).get("data") or [] if line.get("period")
    ]
    return datetime.fromtimestamp(max(ends), UTC) if ends else None


async def _item(payer: Payer, till: Stripe, row: Subscription, change: Change) -> Json:
    """The subscription's one item as it is to be. Whoever only changes the quantity keeps the price they have."""
    item: Json = {"id": row.item, "quantity": change.quantity}
    if (change.offer, change.interval) != (row.offer, row.interval):
        offer = await check_offer(payer, till, change)
        item["price"] = await price_of(till, offer, change.interval)
    return item


async def change(payer: Payer, till: Stripe | None, change: Change) -> Subscription:
    """Make a running subscription another offer, interval or quantity, at once. Nobody is removed by a smaller one.

    Raises CannotBuy, CardDeclined (nothing was changed), TillAway, Refused.
    """
    till = open_till(till)
    await check_offer(payer, till, change)
    account, row = await running_of(payer)
    asked: Json = {
        "items": [await _item(payer, till, row, change)],
        "proration_behavior": PRORATION,
        "metadata": {"account": str(account.id), "offer": change.offer, "interval": str(change.interval)},
    }
    if row.collection is Collection.CHARGE:
        asked["payment_behavior"] = "error_if_incomplete"
    return await _ask(payer, till, row, asked)


async def cancel(payer: Payer, till: Stripe | None, now: bool) -> Subscription:
    """End the subscription: at once, or when what is paid for is over. Raises CannotBuy, TillAway, Refused."""
    till = open_till(till)
    _, row = await running_of(payer)
    if not now:
        return await _ask(payer, till, row, {"cancel_at_period_end": True})
    try:
        await till.remove(f"subscriptions/{row.id}")
    except Refused as refusal:
        if not refusal.missing:
            raise
    return await _written(payer, till, row.id)


async def undo(payer: Payer, till: Stripe | None) -> Subscription:
    """Take back an end that is planned. Raises CannotBuy, TillAway, Refused."""
    till = open_till(till)
    _, row = await running_of(payer)
    asked: Json = {"cancel_at_period_end": False} if row.cancel_at_period_end else {"cancel_at": ""}
    return await _ask(payer, till, row, asked)


async def _ask(payer: Payer, till: Stripe, row: Subscription, asked: Json) -> Subscription:
    """The key names what was known when it was asked: a double click counts once, the same wish tomorrow counts again."""
    known = (row.synced_at, row.offer, row.interval, row.quantity, row.cancel_at_period_end, row.cancel_at)
    await till.post(f"subscriptions/{row.id}", asked, key_of("change", row.id, known, asked))
    return await _written(payer, till, row.id)


async def _written(payer: Payer, till: Stripe, subscription: str) -> Subscription:
    await project(till, subscription, payer.tenant)
    async with reading(payer.tenant):
        return await Subscription.get(id=subscription)


# --- Stripe's own pages ---------------------------------------------------------------------------------------------

_PORTAL: dict[str, Any] = {
    "features": {
        "payment_method_update": {"enabled": True},
        "invoice_history": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": ["tax_id"]},
        "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
        "subscription_update": {"enabled": False},
    },
}
"""What can be done there. Quantities and offers are changed with us, where the rules of seats and places hold."""


async def portal(payer: Payer, till: Stripe | None, site: str) -> str:
    """The address of Stripe's own pages for this payer: means of payment, invoices, tax ids. Raises CannotBuy, TillAway."""
    till = open_till(till)
    asked = {
        "customer": await keep(payer, till),
        "configuration": await _configuration(till),
        "return_url": f"{site}{payer.path}",
        "locale": payer.person.locale,
    }
    told = await till.post("billing_portal/sessions", asked, key_of("portal", payer.id, new_id()))
    return str(told["url"])


async def _configuration(till: Stripe) -> str:
    """The one configuration that says exactly this, made once."""
    mark = key_of("portal", _PORTAL)
    async for one in till.all("billing_portal/configurations", active=True):
        if (one.get("metadata") or {}).get("palier") == mark:
            return str(one["id"])
    told = await till.post("billing_portal/configurations", _PORTAL | {"metadata": {"palier": mark}}, mark)
    return str(told["id"])


# --- by invoice -----------------------------------------------------------------------------------------------------


async def by_invoice(payer: Payer, till: Stripe | None, order: Order) -> Subscription:
    """Subscribe on invoices with thirty days to pay by transfer: for public bodies, whose codes stand on the account.

    The same order asked for twice, or tried again after a fault, is one subscription. Raises CannotBuy, TillAway, Refused.
    """
    till = open_till(till)
    offer = await check_offer(payer, till, order)
    await close_others(payer, till)
    request, account = await _request(payer, order)
    if request.subscription_id:
        return await _written(payer, till, request.subscription_id)
    customer = await keep(payer, till)
    price = await price_of(till, offer, order.interval)
    asked = _invoiced(till, account, order, customer, price)
    told = await till.post("subscriptions", asked, key_of("invoiced", request.id, asked))
    async with transaction(payer.tenant):
        await Checkout.filter(id=request.id).update(subscription_id=told["id"], state=CheckoutState.PAID)
    return await _written(payer, till, told["id"])


async def _request(payer: Payer, order: Order) -> tuple[Checkout, BillingAccount]:
    """The row that makes the request one, whatever breaks off after it. Raises CannotBuy."""
    async with transaction(payer.tenant):
        account = await account_for(payer)
        written = await Subscription.filter(account_id=account.id)
        if found := await _asked_before(account, order, written):
            return found, account
        if any(row.status in LIVE for row in written):
            raise CannotBuy(Why.SUBSCRIBED)
        row = await Checkout.create(
            id=new_id(), account_id=account.id, offer=order.offer, interval=order.interval, quantity=order.quantity,
            collection=Collection.INVOICE, begun_by=payer.person.person_id, begun_at=moment(), expires_at=moment(),
        )  # fmt: skip
        await audit.record(
            payer.tenant, "billing.invoice_requested", f"checkout {row.id}", offer=order.offer, quantity=order.quantity
        )  # fmt: skip
        return row, account


_LOOKED_AT = 20
"""Requests of one payer, the newest ones: nobody has more under way."""


async def _asked_before(
    account: BillingAccount, order: Order, written: list[Subscription]
) -> Checkout | None:
    """The same request, whose subscription runs, or is not written down here yet, or that broke off before it had one.

    :param written: the account's subscriptions in one look, and before this one: asked one by one, a subscription that is
        written down meanwhile would be there and not run, as if it were over, and be ordered a second time.
    :raises CannotBuy: another order is on its way just now.
    """
    runs = {row.id: row.status in LIVE for row in written}
    rows = Checkout.filter(account_id=account.id, collection=Collection.INVOICE).order_by("-begun_at")
    for row in await rows.limit(_LOOKED_AT):
        here = row.subscription_id in runs
        if here and not runs[row.subscription_id]:
            continue  # it ran, and is over
        if (row.offer, row.interval, row.quantity) == (order.offer, order.interval, order.quantity):
            return row
        if not here and (row.subscription_id or row.begun_at > moment() - UNFINISHED):
            raise CannotBuy(Why.ANOTHER)
    return None


def _invoiced(till: Stripe, account: BillingAccount, order: Order, customer: str, price: str) -> Json:
    asked: Json = {
        "customer": customer,
        "items": [{"price": price, "quantity": order.quantity}],
        "collection_method": "send_invoice",
        "days_until_due": DAYS_TO_PAY,
        "automatic_tax": {"enabled": till.tax},
        "metadata": {"account": str(account.id), "offer": order.offer, "interval": str(order.interval)},
    }
    if account.country in TRANSFER_COUNTRIES:
        transfer = {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": account.country}}
        asked["payment_settings"] = {
            "payment_method_types": ["customer_balance"],
            "payment_method_options": {
                "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": transfer}
            },
        }
    return asked
