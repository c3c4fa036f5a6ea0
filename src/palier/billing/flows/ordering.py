"""Whether an order may stand: what is sold to whom, once at a time. Shared by cards, debits and invoices."""

from datetime import timedelta

from palier.billing.payers import Payer, account_of
from palier.billing.rules.orders import CannotBuy, Change, Order, Why
from palier.billing.rules.reading import LIVE
from palier.billing.store import BillingAccount, Subscription
from palier.billing.stripe import Stripe
from palier.entitlements.rules.offers import Kind, Offer
from palier.foundation.database import reading
from palier.network.store import NetworkMember

UNFINISHED = timedelta(minutes=10)
"""An order that got no further in this time broke off; a younger one may be under way."""

MOST = 100_000
"""Seats, clients or places in one order: more is a slip of the finger."""


def open_till(till: Stripe | None) -> Stripe:
    """The till, where there is one. Raises CannotBuy."""
    if till is None:
        raise CannotBuy(Why.NOTHING_SOLD)
    return till


async def check_offer(payer: Payer, till: Stripe, order: Order | Change) -> Offer:
    """The offer that is ordered, if this payer may have it. Raises CannotBuy."""
    offer = till.offers.every.get(order.offer)
    if offer is None or offer.kind is not payer.kind or order.interval not in offer.prices:
        raise CannotBuy(Why.NOT_OFFERED)
    if not 1 <= order.quantity <= MOST:
        raise CannotBuy(Why.NOT_OFFERED)
    if offer.members_only and not await is_verified_member(payer):
        raise CannotBuy(Why.MEMBERS_ONLY)
    return offer


async def is_verified_member(payer: Payer) -> bool:
    """Whether some network verified that the organisation is its member, and it has not left."""
    if payer.kind is not Kind.ORGANISATION:
        return False
    async with reading(payer.tenant):
        rows = NetworkMember.filter(organisation_id=payer.id, left_on=None, verified_at__isnull=False)
        return await rows.exists()


async def running(account: BillingAccount) -> Subscription | None:
    """The account's subscription that runs, or waits for a payment. In a transaction or a reading."""
    return await Subscription.filter(account_id=account.id, status__in=LIVE).order_by("-created_at").first()


async def running_of(payer: Payer) -> tuple[BillingAccount, Subscription]:
    """The payer's account and the subscription that runs. Raises CannotBuy."""
    async with reading(payer.tenant):
        account = await account_of(payer)
        subscription = await running(account) if account else None
    if account is None or subscription is None:
        raise CannotBuy(Why.NOT_SUBSCRIBED)
    return account, subscription
