"""What changed between two looks at a subscription or an invoice, as verbs of the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from palier.billing.rules.reading import ENDED
from palier.billing.rules.states import InvoiceState
from palier.entitlements.rules.offers import Interval

OWING = frozenset({"past_due", "unpaid", "incomplete"})


@dataclass(frozen=True, slots=True)
class Look:
    """Of a subscription: what the trail tells apart."""

    offer: str
    interval: Interval
    quantity: int
    status: str
    ends: datetime | None
    trial_end: datetime | None


def verbs(before: Look | None, after: Look) -> list[str]:
    """What happened, in order; empty where nothing did."""
    if before is None:
        return ["billing.subscribed"]
    return list(_changes(before, after))


def _changes(before: Look, after: Look) -> Iterator[str]:
    if (before.offer, before.interval, before.quantity) != (after.offer, after.interval, after.quantity):
        yield "billing.changed"
    if before.status != after.status:
        yield _by_status(before.status, after.status)
    if after.status not in ENDED and before.ends != after.ends:
        yield "billing.end_planned" if after.ends else "billing.end_undone"
    if before.status == after.status == "trialing" and before.trial_end != after.trial_end:
        yield "billing.trial_moved"


def _by_status(before: str, after: str) -> str:
    if after in ENDED:
        return "billing.ended"
    if after in OWING:
        return "billing.payment_failed"
    if before in OWING and after == "active":
        return "billing.payment_recovered"
    return "billing.trial_ended" if before == "trialing" else "billing.resumed"


def invoice_verb(before: InvoiceState | None, after: InvoiceState, *, problem: bool) -> str:
    """What happened to an invoice; empty where it is nothing the trail keeps."""
    if problem:
        return "billing.invoice_not_finalised"
    if before is after or after is InvoiceState.DRAFT:
        return ""
    if after is InvoiceState.PAID:
        return "billing.invoice_paid"
    return "billing.invoice_issued" if after is InvoiceState.OPEN else "billing.invoice_closed"
