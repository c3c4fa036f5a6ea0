"""Making the file: done by the worker, once, however often it is tried or interrupted."""

import logging
from typing import Any
from uuid import UUID

from palier.foundation import audit, files
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.reports import store
from palier.reports.press import FailureReason, Press, PrintingFailed
from palier.reports.rules.kinds import Document
from palier.reports.rules.record import from_plain
from palier.reports.store import Report, ReportState

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""A document that took its worker down so many times is given up."""

WORTH_ANOTHER_TRY = frozenset({FailureReason.TOO_LONG, FailureReason.WORKER_DIED})


async def make_report(organisation: UUID, report: UUID, press: Press, shelf: files.Shelf) -> None:
    """Make the document `report` unless it is made. Interrupted anywhere, it can be called again.

    Raises PrintingFailed where another try makes sense; every other failure is written down for the reader.
    """
    duty = OnDuty(organisation)
    row = await _take(duty, report)
    if row is None:
        return
    try:
        content, pages = await _print(row, press)
    except PrintingFailed as failure:
        if failure.reason in WORTH_ANOTHER_TRY and row.attempts < MOST_ATTEMPTS:
            raise
        await _give_up(duty, report, failure.reason)
    else:
        await _finish(duty, report, content, pages, shelf)


async def _take(duty: OnDuty, report: UUID) -> Report | None:
    """The document to make; None where it is made, or has taken its worker down too often."""
    async with transaction(duty):
        row = await store.take(report)
    if row is not None and row.attempts > MOST_ATTEMPTS:
        await _give_up(duty, report, FailureReason.WORKER_DIED)
        return None
    return row


async def _print(row: Report, press: Press) -> tuple[bytes, int]:
    content = await press.render(_document(row.content), row.locale)
    return content, await press.count_pages(content)


def _document(plain: dict[str, Any]) -> Document:
    try:
        return from_plain(plain)
    except (KeyError, TypeError, ValueError) as fault:
        log.exception("the content of a document cannot be read")
        raise PrintingFailed(FailureReason.FAULT) from fault


async def _finish(duty: OnDuty, report: UUID, content: bytes, pages: int, shelf: files.Shelf) -> None:
    """Keep the file under the document's own id: whoever comes second finds it finished and writes nothing."""
    async with transaction(duty):
        row = await store.being_made(report)
        if row is None:
            return
        file = await files.keep(
            shelf,
            None,
            row.organisation_id,
            f"{row.title[:190]}.pdf",
            "application/pdf",
            content,
            identifier=report,
        )
        await Report.filter(id=report).update(
            state=ReportState.DONE, file_id=file.id, pages=pages, finished_at=now(), failure=""
        )
        await audit.record(duty, "reports.made", f"report {report}", sha256=file.sha256, pages=pages)


async def _give_up(duty: OnDuty, report: UUID, reason: FailureReason) -> None:
    async with transaction(duty):
        if await store.being_made(report) is None:
            return
        await Report.filter(id=report).update(
            state=ReportState.FAILED, failure=reason.value, finished_at=now()
        )
        await audit.record(duty, "reports.failed", f"report {report}", reason=reason.value)
