"""The payer as Stripe knows them: one customer for each account."""

from palier.billing.payers import Payer
from palier.billing.stripe import Stripe


async def keep(payer: Payer, till: Stripe | None) -> str:
    """Tell Stripe what the account says: name, address, tax ids, what invoices bear. Returns the customer's id."""
    raise NotImplementedError
