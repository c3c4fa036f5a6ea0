"""The nightly comparison of everything with Stripe."""

from palier.billing.store import StripeReview
from palier.billing.stripe import Stripe


async def review(till: Stripe) -> StripeReview:
    """Compare every subscription and fetch every event since the last time. Survives weeks without a webhook."""
    raise NotImplementedError
