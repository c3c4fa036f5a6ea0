"""Cancelling a document that is not made yet: the worker sees it within a second and ends what it is doing."""

from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.reports import store
from palier.reports.store import Report, ReportState


async def cancel(actor: Actor, report: UUID) -> bool:
    """Have the document made no more; whether there was anything to cancel. Its code stays unknown to the public page.

    Raises DoesNotExist.
    """
    async with transaction(actor):
        row = await store.report_of(actor, report, locked=True)
        if not row.pending:
            return False
        await Report.filter(id=report).update(state=ReportState.CANCELLED, finished_at=now(), tell=[])
        await audit.record(actor, "reports.cancelled", f"report {report}")
        return True
