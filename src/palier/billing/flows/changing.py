"""Changing, ending and looking after what is paid."""

from palier.billing.payers import Payer
from palier.billing.rules.orders import Change, Order, Preview
from palier.billing.store import Subscription
from palier.billing.stripe import Stripe


async def preview(payer: Payer, till: Stripe | None, change: Change) -> Preview:
    """What a change would cost, as Stripe says. Nothing is changed."""
    raise NotImplementedError


async def change(payer: Payer, till: Stripe | None, change: Change) -> Subscription:
    """Make a running subscription another offer, interval or quantity, at once."""
    raise NotImplementedError


async def cancel(payer: Payer, till: Stripe | None, now: bool) -> Subscription:
    """End the subscription, at once or when what is paid for is over."""
    raise NotImplementedError


async def undo(payer: Payer, till: Stripe | None) -> Subscription:
    """Take back an end that is planned."""
    raise NotImplementedError


async def portal(payer: Payer, till: Stripe | None, site: str) -> str:
    """The address of Stripe's own pages for this payer: means of payment, invoices, tax ids."""
    raise NotImplementedError


async def by_invoice(payer: Payer, till: Stripe | None, order: Order) -> Subscription:
    """Subscribe on invoices with thirty days to pay by transfer: for public bodies."""
    raise NotImplementedError
