"""Going to the payment page of Stripe, and coming back from it."""

from palier.billing.payers import Payer
from palier.billing.rules.orders import Order
from palier.billing.store import Checkout
from palier.billing.stripe import Stripe


async def begin(payer: Payer, till: Stripe | None, order: Order, site: str) -> str:
    """Where the payer pays: the address of a page at Stripe, the same one for the same order until it is used.

    Raises CannotBuy, TillAway, Refused.
    """
    raise NotImplementedError


async def returned(payer: Payer, till: Stripe | None, checkout_id: object) -> Checkout:
    """What became of a checkout, asked of Stripe: the payer holds what they paid for before any event arrives."""
    raise NotImplementedError
