"""Making the file: done by the worker, once, however often it is tried or interrupted."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from palier.foundation import audit, files, watch
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.reports import store
from palier.reports.flows import telling, verifying
from palier.reports.flows.asking import line_up
from palier.reports.press import FailureReason, Press, PrintingFailed
from palier.reports.rules.formats import format_of
from palier.reports.rules.kinds import Document
from palier.reports.rules.record import from_plain
from palier.reports.store import Report, ReportState

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""A document that took its worker down so many times is given up."""

WORTH_ANOTHER_TRY = frozenset({FailureReason.TOO_LONG, FailureReason.WORKER_DIED})

PAUSE = 3
"""Seconds before the second try; before the third, their square."""

GLANCE = 1.0
"""Seconds between two looks whether somebody has cancelled what is being made."""


class Cancelled(Exception):
    """Nobody wants the document any more."""


@dataclass(frozen=True, slots=True)
class _Printed:
    document: Document
    content: bytes
    pages: int


async def make_report(
    organisation: UUID, report: UUID, press: Press, shelf: files.Shelf, site: str = ""
) -> None:
    """Make the document `report` unless it is made or cancelled. Interrupted anywhere, it can be called again.

    Letters to those who wait for it name its page at `site`. Where another try makes sense it lines up again, behind
    whatever the organisation asked for meanwhile; every other failure is written down for the reader.
    """
    duty = OnDuty(organisation)
    row = await _take(duty, report, site)
    if row is None:
        return
    try:
        printed = await _unless_cancelled(duty, report, _print(row, press))
    except PrintingFailed as failure:
        if failure.reason in WORTH_ANOTHER_TRY and row.attempts < MOST_ATTEMPTS:
            watch.count("documents", kind=row.kind, outcome="tried")
            await _try_later(duty, organisation, report, row.attempts)
        else:
            watch.count("documents", kind=row.kind, outcome="given_up")
            await _give_up(duty, report, failure.reason, site)
    except Cancelled:
        return
    else:
        await _finish(duty, report, printed, shelf, site)
        watch.count("documents", kind=row.kind, outcome="made")


async def _take(duty: OnDuty, report: UUID, site: str) -> Report | None:
    """The document to make; None where there is nothing to make, or it has taken its worker down too often."""
    async with transaction(duty):
        row = await store.take(report)
    if row is not None and row.attempts > MOST_ATTEMPTS:
        await _give_up(duty, report, FailureReason.WORKER_DIED, site)
        return None
    return row


async def _print(row: Report, press: Press) -> _Printed:
    document = document_of(row.content)
    content = await press.render(document, row.locale)
    return _Printed(document, content, await press.count_pages(content))


def document_of(plain: dict[str, Any]) -> Document:
    """The document kept as `plain`. Raises PrintingFailed where it can no longer be read."""
    try:
        return from_plain(plain)
    except (KeyError, TypeError, ValueError) as fault:
        log.exception("the content of a document cannot be read")
        raise PrintingFailed(FailureReason.FAULT) from fault


async def _unless_cancelled(duty: OnDuty, report: UUID, printing: Coroutine[Any, Any, _Printed]) -> _Printed:
    """What `printing` makes. Its worker process is ended at once where somebody cancels meanwhile: raises Cancelled."""
    task = asyncio.ensure_future(printing)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=GLANCE)
            if not task.done() and not await _is_wanted(duty, report):
                raise Cancelled
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, PrintingFailed):
            await task
    return task.result()


async def _is_wanted(duty: OnDuty, report: UUID) -> bool:
    async with reading(duty):
        return await Report.filter(id=report, state=ReportState.RUNNING).exists()


async def _try_later(duty: OnDuty, organisation: UUID, report: UUID, attempts: int) -> None:
    async with transaction(duty):
        await line_up(organisation, report, now() + timedelta(seconds=PAUSE**attempts))


async def _finish(duty: OnDuty, report: UUID, printed: _Printed, shelf: files.Shelf, site: str) -> None:
    """Keep the file under the document's own id: whoever comes second finds it finished and writes nothing."""
    async with transaction(duty):
        row = await store.being_made(report)
        if row is None:
            return
        form = format_of(row.kind)
        file = await files.keep(
            shelf,
            None,
            row.organisation_id,
            f"{row.title[:190]}.{form.suffix}",
            form.media_type,
            printed.content,
            identifier=report,
        )
        await Report.filter(id=report).update(
            state=ReportState.DONE, file_id=file.id, pages=printed.pages, finished_at=now(), failure=""
        )
        await verifying.issue(
            printed.document, file.sha256, organisation=row.organisation_id, assessment=row.assessment_id
        )
        await audit.record(duty, "reports.made", f"report {report}", sha256=file.sha256, pages=printed.pages)
        await telling.tell(row, site, made=True)


async def _give_up(duty: OnDuty, report: UUID, reason: FailureReason, site: str) -> None:
    async with transaction(duty):
        row = await store.being_made(report)
        if row is None:
            return
        await Report.filter(id=report).update(
            state=ReportState.FAILED, failure=reason.value, finished_at=now()
        )
        await audit.record(duty, "reports.failed", f"report {report}", reason=reason.value)
        await telling.tell(row, site, made=False)
