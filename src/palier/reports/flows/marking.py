"""Making marked copies, and putting away what links leave behind. The worker's."""

from datetime import timedelta
from uuid import UUID

from palier.foundation import audit, files
from palier.foundation import store as shared
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.reports import store
from palier.reports.flows import verifying
from palier.reports.flows.making import MOST_ATTEMPTS, PAUSE, WORTH_ANOTHER_TRY, document_of
from palier.reports.flows.sharing import line_up_copy
from palier.reports.press import FailureReason, Press, PrintingFailed
from palier.reports.rules.formats import format_of
from palier.reports.rules.kinds import Document
from palier.reports.rules.sharing import KEPT_AFTER, marked
from palier.reports.store import Report, SharedLink


async def mark_copy(organisation: UUID, link: UUID, press: Press, shelf: files.Shelf) -> None:
    """Make the marked copy of `link` from the content of its document, whose own file is not touched.

    Interrupted anywhere, it can be called again. Where another try makes sense it lines up again.
    """
    duty = OnDuty(organisation)
    async with transaction(duty):
        row = await store.take_copy(link)
    if row is None:
        return
    try:
        if row.attempts > MOST_ATTEMPTS:
            raise PrintingFailed(FailureReason.WORKER_DIED)
        document, content = await _print(duty, row, press)
    except PrintingFailed as failure:
        if failure.reason in WORTH_ANOTHER_TRY and row.attempts < MOST_ATTEMPTS:
            await _try_later(duty, row)
        else:
            await _give_up(duty, link, failure.reason)
    else:
        await _keep(duty, row, document, content, shelf)


async def _print(duty: OnDuty, row: SharedLink, press: Press) -> tuple[Document, bytes]:
    async with reading(duty):
        report = await Report.get(id=row.report_id)
    document = marked(document_of(report.content), row.watermark)
    return document, await press.render(document, report.locale)


async def _keep(
    duty: OnDuty, row: SharedLink, document: Document, content: bytes, shelf: files.Shelf
) -> None:
    """Keep the copy under the link's own id and name it like the document's file: whoever comes second writes nothing."""
    async with transaction(duty):
        if await store.copy_being_made(row.id) is None:
            return
        report = await store.report_behind(row)
        form = format_of(report.kind)
        name = f"{report.title[:190]}.{form.suffix}"
        file = await files.keep(
            shelf, None, row.organisation_id, name, form.media_type, content, identifier=row.id
        )
        await SharedLink.filter(id=row.id).update(file_id=file.id)
        await verifying.issue(
            document, file.sha256, organisation=row.organisation_id, assessment=report.assessment_id
        )
        await audit.record(
            duty, "reports.copy_made", f"report {row.report_id}", link=row.id, sha256=file.sha256
        )


async def _try_later(duty: OnDuty, row: SharedLink) -> None:
    async with transaction(duty):
        await line_up_copy(row.organisation_id, row.id, now() + timedelta(seconds=PAUSE**row.attempts))


async def _give_up(duty: OnDuty, link: UUID, reason: FailureReason) -> None:
    async with transaction(duty):
        row = await store.copy_being_made(link)
        if row is None:
            return
        await SharedLink.filter(id=link).update(failure=reason.value)
        await audit.record(
            duty, "reports.copy_failed", f"report {row.report_id}", link=link, reason=reason.value
        )


async def put_away_old_links() -> None:
    """Delete the copies of links that are over, and links with their openings a year after their end."""
    async with reading(None):
        organisations = await store.organisations_with_old_links(now())
    for organisation in organisations:
        async with transaction(OnDuty(organisation)):
            await _put_away(organisation)


async def _put_away(organisation: UUID) -> None:
    over = SharedLink.filter(organisation_id=organisation, expires_at__lt=now()).exclude(file_id=None)
    copies = [row.file_id for row in await over]
    await SharedLink.filter(organisation_id=organisation, file_id__in=copies).update(file_id=None)
    await shared.StoredFile.filter(id__in=copies).delete()
    await SharedLink.filter(organisation_id=organisation, expires_at__lt=now() - KEPT_AFTER).delete()
