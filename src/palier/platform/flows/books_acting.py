"""What the platform's staff do about money beside agreements and invoices: whom invoices are made out to, events of Stripe."""

from dataclasses import asdict
from uuid import UUID

from palier.billing.flows.recording import record_for
from palier.billing.rules.details import Details
from palier.billing.store import BillingAccount, StripeEvent
from palier.foundation import audit
from palier.foundation.actor import StaffActor
from palier.foundation.database import transaction
from palier.foundation.jobs import enqueue

PROJECT = "billing.drain"


async def describe(staff: StaffActor, account: UUID, details: Details, locale: str, reason: str) -> None:
    """Write whom invoices to come are made out to, and in which language; both trails tell which fields changed."""
    told = asdict(details) | {"locale": locale}
    async with transaction(staff):
        row = await BillingAccount.filter(id=account).select_for_update().get()
        changed = sorted(name for name, value in told.items() if getattr(row, name) != value)
        if changed:
            await BillingAccount.filter(id=account).update(**told)
            await record_for(
                staff, row, "billing.details_changed", "billing details", changed=changed, reason=reason
            )


async def retry_event(staff: StaffActor, event: str) -> bool:
    """Let the worker look at an event of Stripe's again, now; False when it was processed meanwhile."""
    async with transaction(staff):
        row = await StripeEvent.filter(id=event, processed_at=None).select_for_update().first()
        if row is None:
            return False
        await StripeEvent.filter(id=event).update(attempts=0)
        await enqueue(PROJECT, once=PROJECT)
        await audit.record(staff, "billing.event_retried", f"event {event}", kind=row.type)
    return True
