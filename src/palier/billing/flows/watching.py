"""How the connection with Stripe stands: what waits, what failed, when everything was last compared."""

from dataclasses import dataclass
from datetime import datetime

from palier.billing.rules.reading import LIVE
from palier.billing.rules.telling import OWING
from palier.billing.store import StripeEvent, StripeReview, Subscription
from palier.foundation.database import Tenant, reading


@dataclass(frozen=True, slots=True)
class Status:
    """Counts, and the last comparison."""

    running: int
    owing: int
    waiting: int
    failing: int
    reviewed_at: datetime | None
    review_error: str


async def status(tenant: Tenant = None) -> Status:
    """What the worker sees, or somebody of the platform's staff."""
    async with reading(tenant):
        waiting = StripeEvent.filter(processed_at=None)
        last = await StripeReview.all().order_by("-at").first()
        return Status(
            running=await Subscription.filter(status__in=LIVE).count(),
            owing=await Subscription.filter(status__in=OWING).count(),
            waiting=await waiting.count(),
            failing=await waiting.filter(attempts__gt=0).count(),
            reviewed_at=last.at if last else None,
            review_error=last.error if last else "",
        )
