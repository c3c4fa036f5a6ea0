"""What Stripe knows becomes what Palier knows: events are hints, objects are asked for anew."""

from palier.billing.stripe import Stripe


async def project(till: Stripe, subscription_id: str) -> str:
    """Ask for a subscription and write what it says. Returns why nothing was written, or nothing."""
    raise NotImplementedError


async def drain(till: Stripe) -> int:
    """Follow every hint that waits. How many events were dealt with."""
    raise NotImplementedError
