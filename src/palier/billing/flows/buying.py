"""Going to the payment page of Stripe, and coming back from it.

What makes a double click harmless: one row of ours for one order, under the account's lock; its id is the idempotency key;
and every other page that stands open is closed before a new one opens, so that two tabs never pay twice.
"""

from datetime import timedelta
from uuid import UUID

from palier.billing.flows.customers import keep
from palier.billing.flows.ordering import UNFINISHED, check_offer, open_till, running
from palier.billing.flows.pricing import price_of
from palier.billing.flows.projecting import project, settle
from palier.billing.payers import Payer, account_for, account_of
from palier.billing.rules.orders import CannotBuy, Order, Why
from palier.billing.rules.states import CheckoutState, Collection
from palier.billing.store import BillingAccount, Checkout, Subscription
from palier.billing.stripe import Json, Refused, Stripe, key_of
from palier.entitlements.rules.offers import Offer
from palier.foundation import audit
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id

STAYS_OPEN = timedelta(hours=23)
"""How long a payment page can be used; Stripe's longest is 24 hours."""
METHODS = ["card", "sepa_debit"]
_LOOKED_AT = 5
"""Pages of one payer that were paid, the newest: an older one was written down, or never will be."""


async def begin(payer: Payer, till: Stripe | None, order: Order, site: str) -> str:
    """Where the payer pays: the address of a page at Stripe, the same one for the same order until it is used.

    :param site: where Palier stands, such as https://palier.example.
    :raises CannotBuy: see `Why`. TillAway, Refused.
    """
    till = open_till(till)
    offer = await check_offer(payer, till, order)
    await close_others(payer, till, order)
    checkout = await _row(payer, order)
    if checkout.url:
        return checkout.url
    customer = await keep(payer, till)
    price = await price_of(till, offer, order.interval)
    asked = _session(payer, till, order, checkout, offer, customer, price, site)
    told = await till.post("checkout/sessions", asked, key_of("checkout", checkout.id, asked))
    return await _opened(payer, till, checkout, told)


async def close_others(payer: Payer, till: Stripe, order: Order | None = None) -> None:
    """Pages that stand open are looked at: one may have been used a moment ago. Those of other orders are closed.

    So are those that were paid, as long as what they bought is not written down: Stripe may have gone in between.


    :param order: whose page stays open; None: all are closed.
    :raises TillAway, Refused: nothing is lost, it can be asked again.
    """
    async with reading(payer.tenant):
        account = await account_of(payer)
        open_ones = await _open_pages(account) if account else []
        paid_ones = await _unwritten_pages(account) if account else []
    for page in [*paid_ones, *open_ones]:
        if page.stripe_session:
            await settle(till, page.stripe_session, payer.tenant)
    for page in open_ones:
        if order is None or not _same(page, order) or _stale(page):
            await _close(payer, till, page)
    await _drop_paused(payer, till)


async def _open_pages(account: BillingAccount) -> list[Checkout]:
    return await Checkout.filter(
        account_id=account.id, state=CheckoutState.OPEN, collection=Collection.CHARGE
    )


async def _unwritten_pages(account: BillingAccount) -> list[Checkout]:
    """The newest pages that bought something which is not written down here yet."""
    pages = Checkout.filter(account_id=account.id, collection=Collection.CHARGE).exclude(subscription_id="")
    return [
        page for page in await pages.order_by("-begun_at").limit(_LOOKED_AT) if not await _is_written(page)
    ]


async def _is_written(page: Checkout) -> bool:
    return not page.subscription_id or await Subscription.exists(id=page.subscription_id)


def _same(page: Checkout, order: Order) -> bool:
    asked = (order.offer, order.interval, order.quantity, order.trial)
    return (page.offer, page.interval, page.quantity, page.trial) == asked


def _stale(page: Checkout) -> bool:
    """Too old to be used; or its making broke off, and what is made now would be refused as too short."""
    return page.expires_at <= now() or (not page.stripe_session and page.begun_at < now() - UNFINISHED)


async def _close(payer: Payer, till: Stripe, page: Checkout) -> None:
    if page.stripe_session:
        try:
            await till.post(f"checkout/sessions/{page.stripe_session}/expire", {}, key_of("expire", page.id))
        except Refused:  # used or expired meanwhile
            await settle(till, page.stripe_session, payer.tenant)
    async with transaction(payer.tenant):
        await Checkout.filter(id=page.id, state=CheckoutState.OPEN).update(state=CheckoutState.EXPIRED)


async def _drop_paused(payer: Payer, till: Stripe) -> None:
    """A trial that ended without a card waits for ever at Stripe: whoever buys begins anew."""
    async with reading(payer.tenant):
        account = await account_of(payer)
        paused = await Subscription.filter(account_id=account.id, status="paused") if account else []
    for row in paused:
        try:
            await till.remove(f"subscriptions/{row.id}")
        except Refused as refusal:
            if not refusal.missing:
                raise
        await project(till, row.id, payer.tenant)


async def _row(payer: Payer, order: Order) -> Checkout:
    """The row of this order: the one that stands open, or a new one. Two at once get the same. Raises CannotBuy."""
    async with transaction(payer.tenant):
        account = await account_for(payer)
        if await running(account):
            raise CannotBuy(Why.SUBSCRIBED)
        if order.trial and account.trial_used_at:
            raise CannotBuy(Why.TRIAL_USED)
        for page in await _open_pages(account):
            if _same(page, order):
                return page
            raise CannotBuy(Why.ANOTHER)
        row = await Checkout.create(
            id=new_id(), account_id=account.id, offer=order.offer, interval=order.interval, quantity=order.quantity,
            trial=order.trial, begun_by=payer.person.person_id, begun_at=now(), expires_at=now() + STAYS_OPEN,
        )  # fmt: skip
        await audit.record(
            payer.tenant, "billing.checkout_begun", f"checkout {row.id}", offer=order.offer, quantity=order.quantity
        )  # fmt: skip
        return row


def _session(
    payer: Payer, till: Stripe, order: Order, checkout: Checkout, offer: Offer, customer: str, price: str, site: str
) -> Json:  # fmt: skip
    account = str(checkout.account_id)
    subscription: Json = {
        "metadata": {"account": account, "offer": offer.key, "interval": str(order.interval)}
    }
    asked: Json = {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": account,
        "metadata": {"account": account, "checkout": str(checkout.id)},
        "line_items": [{"price": price, "quantity": order.quantity}],
        "payment_method_types": METHODS,
        "allow_promotion_codes": order.promotion,
        "automatic_tax": {"enabled": till.tax},
        "tax_id_collection": {"enabled": True},
        "customer_update": {"name": "auto", "address": "auto"},
        "billing_address_collection": "required",
        "locale": payer.person.locale,
        "expires_at": int(checkout.expires_at.timestamp()),
        "success_url": f"{site}{payer.path}/checkout/{checkout.id}",
        "cancel_url": f"{site}{payer.path}",
        "subscription_data": subscription,
    }
    if order.trial:
        asked["payment_method_collection"] = "if_required"
        ending = {"end_behavior": {"missing_payment_method": "pause"}}
        subscription |= {"trial_period_days": till.offers.trial_days, "trial_settings": ending}
    return asked


async def _opened(payer: Payer, till: Stripe, checkout: Checkout, told: Json) -> str:
    """Keep the page's address. Where another click made one for this row, or another order closed it, that one stands."""
    async with transaction(payer.tenant):
        row = await Checkout.filter(id=checkout.id).select_for_update().get()
        if row.state is CheckoutState.OPEN and not row.stripe_session:
            await Checkout.filter(id=row.id).update(stripe_session=told["id"], url=told["url"])
            return str(told["url"])
    if row.stripe_session != told["id"]:
        await till.post(f"checkout/sessions/{told['id']}/expire", {}, key_of("expire", told["id"]))
    if row.state is not CheckoutState.OPEN:
        raise CannotBuy(Why.ANOTHER)
    return row.url


async def returned(payer: Payer, till: Stripe | None, checkout_id: UUID) -> Checkout:
    """What became of a checkout, asked of Stripe: the payer holds what they paid for before any event arrives.

    It writes what Stripe says, as often as it is called. Raises DoesNotExist (none of this payer's), TillAway.
    """
    async with reading(payer.tenant):
        checkout = await _own(payer, checkout_id)
        unsettled = checkout.state in (CheckoutState.OPEN, CheckoutState.PENDING) or not await _is_written(
            checkout
        )
    if till and checkout.stripe_session and unsettled:
        await settle(till, checkout.stripe_session, payer.tenant)
    async with reading(payer.tenant):
        return await _own(payer, checkout_id)


async def _own(payer: Payer, checkout_id: UUID) -> Checkout:
    account = await account_of(payer)
    return await Checkout.get(id=checkout_id, account_id=account.id if account else None)
