"""The nightly comparison of everything with Stripe: what no event told, or none that arrived, is mended here."""

import json
from datetime import timedelta

from palier.billing.flows.projecting import drain, project_told
from palier.billing.flows.writing import Unreadable
from palier.billing.rules.reading import LIVE, SubscriptionFacts, subscription_facts
from palier.billing.store import StripeEvent, StripeReview, Subscription, put_down
from palier.billing.stripe import Json, Refused, Stripe, TillAway
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id

FURTHEST = timedelta(days=29)
"""How far back events are asked for the first time; Stripe keeps thirty days of them."""
OVERLAP = timedelta(hours=1)
"""Events made together may be listed a little later than their neighbours."""


async def review(till: Stripe) -> StripeReview:
    """Compare every subscription and fetch every event since the last time. Survives weeks without a webhook.

    Raises TillAway, and leaves a row that says so.
    """
    row = StripeReview(id=new_id(), at=now(), events_until=await _seen_until())
    try:
        await _compare(till, row)
        await _fetch_events(till, row)
        outcome = await drain(till)
        if outcome.failed and not row.error:
            row.error = f"{outcome.failed} events could not be followed"
    except TillAway:
        row.error = "Stripe could not be reached"
        raise
    except Refused as refusal:
        row.error = f"Stripe refused: {refusal.code}"[:300]
        raise
    finally:
        async with transaction(None):
            await row.save(force_create=True)
    return row


async def _seen_until() -> int:
    """The newest event that was seen; a review that broke off kept what its forerunner knew."""
    async with reading(None):
        last = await StripeReview.all().order_by("-at").first()
    return last.events_until if last and last.events_until else int((now() - FURTHEST).timestamp())


async def _compare(till: Stripe, row: StripeReview) -> None:
    """Every subscription there beside ours; then ours that run and are not there, which is no reason to end anything."""
    ours = await _known()
    async for told in till.all("subscriptions", status="all"):
        row.subscriptions += 1
        known = ours.pop(told["id"], None)
        if known is None or _differs(known, subscription_facts(told, till.offers)):
            row.mended += await _mend(till, row, told)
    lost = [known.id for known in ours.values() if known.status in LIVE]
    if lost:
        row.error = (
            f"{len(lost)} subscriptions run here and are unknown to Stripe: is it another account's key?"
        )


async def _known() -> dict[str, Subscription]:
    async with reading(None):
        return {known.id: known for known in await Subscription.all()}


def _differs(known: Subscription, facts: SubscriptionFacts) -> bool:
    ours = (
        known.status,
        known.quantity,
        known.period_end,
        known.trial_end,
        known.cancel_at_period_end,
        known.cancel_at,
    )
    theirs = (
        facts.status,
        facts.quantity,
        facts.period_end,
        facts.trial_end,
        facts.cancel_at_period_end,
        facts.cancel_at,
    )
    sold = facts.offer and (facts.offer, facts.interval) != (known.offer, known.interval)
    return ours != theirs or bool(sold)


async def _mend(till: Stripe, row: StripeReview, told: Json) -> bool:
    """Whether something of ours changed: a stranger's subscription in the same account is none."""
    try:
        return not await project_told(till, told, now())
    except Unreadable as error:
        row.error = str(error)[:300]
        return False


async def _fetch_events(till: Stripe, row: StripeReview) -> None:
    """Events that never arrived are put down like those that did; those that did stay as they were signed."""
    since, newest = row.events_until - int(OVERLAP.total_seconds()), row.events_until
    async for told in till.all("events", created={"gte": since}):
        newest = max(newest, told["created"])
        if told["livemode"] is not till.live:
            continue
        async with transaction(None):
            await put_down(_event(told))
    row.events_until = (
        newest  # only now: they come newest first, and a list that broke off left out the older ones
    )


def _event(told: Json) -> StripeEvent:
    return StripeEvent(
        id=told["id"], type=told["type"], created=told["created"], livemode=told["livemode"],
        payload=json.dumps(told).encode(), received_at=now(),
    )  # fmt: skip
