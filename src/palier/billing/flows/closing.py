"""Ending what a payer still pays, before the payer is erased: at Stripe first, here with what Stripe then says."""

from uuid import UUID

from palier.billing import store
from palier.billing.flows.projecting import project
from palier.billing.flows.writing import on_duty_for
from palier.billing.rules.reading import ENDED
from palier.billing.stripe import Refused, Stripe
from palier.entitlements.flows import granting
from palier.entitlements.rules.offers import Kind, Source
from palier.entitlements.store import column_of
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction


class StillRuns(Exception):
    """A subscription runs, and there is no key to cancel it with: nothing is erased until there is."""


async def end_everything(till: Stripe | None, kind: Kind, payer: UUID) -> int:
    """Cancel every subscription of a payer now; how many ran. May be called again after it was interrupted.

    By the worker, which sees every account. Raises StillRuns, TillAway.
    """
    async with reading(None):
        account = await store.BillingAccount.filter(**{column_of(kind): payer}).first()
        if account is None:
            return 0
        rows = await store.Subscription.filter(account_id=account.id, status__not_in=ENDED).only("id")
    for row in rows:
        if till is None:
            raise StillRuns(row.id)
        await _cancel(till, row.id, on_duty_for(account))
    return len(rows)


async def _cancel(till: Stripe, subscription: str, duty: OnDuty) -> None:
    try:
        await till.remove(f"subscriptions/{subscription}")
    except Refused as refusal:
        if not refusal.missing:
            raise
    if await project(till, subscription):  # Stripe knows it no more, or not as ours: nobody is charged by it
        await _write_off(subscription, duty)


async def _write_off(subscription: str, duty: OnDuty) -> None:
    async with transaction(duty):
        rows = store.Subscription.filter(id=subscription)
        await rows.update(status="canceled", ended_at=now(), synced_at=now())
        for source in (Source.STRIPE, Source.TRIAL):
            await granting.end(source, subscription)
        await audit.record(duty, "billing.ended", f"subscription {subscription}")
