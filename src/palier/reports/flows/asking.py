"""Taking the order: the content is frozen and the job asked for in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from palier.assessments.rules.peers import Peers
from palier.foundation import audit, files, jobs, operations
from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import speaking
from palier.reports import store
from palier.reports.flows.building import Draft, draw_up
from palier.reports.flows.verifying import sealed
from palier.reports.keys import content_key
from palier.reports.rules.record import to_plain
from palier.reports.rules.wishes import Wish
from palier.reports.store import Report, ReportState
from palier.reports.wording import document_title

RENDER = "reports.render"
"""The job that makes a document; its arguments are `organisation` and `report`."""


async def line_up(organisation: UUID, report: UUID, at: datetime | None = None) -> None:
    """Ask for the job, in the caller's transaction: behind the organisation's other documents, beside everybody else's."""
    await jobs.enqueue(RENDER, turn=turn_of(organisation), at=at, organisation=organisation, report=report)


def turn_of(organisation: UUID) -> str:
    """The turn in which the documents of an organisation are made, one at a time."""
    return f"documents of {organisation}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the document is. `since` is set where the very same one was asked for before: when that was."""

    report: UUID
    since: datetime | None = None


async def ask_report(
    actor: Actor, wish: Wish, op: UUID, peers: Peers, shelf: files.Shelf, site: str = ""
) -> Asked:
    """Have a document made of the data as they stand now, or find the one already made of the same data.

    It bears a code, and the page of `site` (https://…) where the code is confirmed.

    Raises DoesNotExist, NotSubmitted, OtherRound, and AlreadyDone for the form `op`.
    """
    async with transaction(actor):
        draft = await draw_up(actor, wish, peers, shelf)
        key = content_key(draft.document, wish.locale)
        same = await store.same_document(actor, key)
        report = same.id if same else new_id()
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/reports/{report}")
        if same:
            return Asked(report, same.created_at)
        document = sealed(draft.document, site, actor.person.name)
        await _order(actor, wish, replace(draft, document=document), key, report)
    return Asked(report)


async def _order(actor: Actor, wish: Wish, draft: Draft, key: str, report: UUID) -> None:
    with speaking(wish.locale):
        title = document_title(draft.document)
    await Report.create(
        id=report, organisation_id=actor.organisation_id, kind=wish.kind.value, title=title[:200], locale=wish.locale,
        assessment_id=draft.assessment_id, plan_id=draft.plan_id, content=to_plain(draft.document), content_key=key,
        created_by=actor.person_id, created_name=actor.person.name, created_at=now(),
    )  # fmt: skip
    await audit.record(actor, "reports.asked", f"report {report}", title=title, content_key=key)
    await line_up(actor.organisation_id, report)


async def ask_again(actor: Actor, report: UUID, shelf: files.Shelf) -> None:
    """Make a document that failed, was cancelled, or whose file is lost, once more from the same content; else change nothing.

    Raises DoesNotExist.
    """
    async with transaction(actor):
        row = await store.report_of(actor, report, locked=True)
        if row.state not in store.UNMADE and not await _file_is_lost(row, shelf):
            return
        await shared.StoredFile.filter(id=row.file_id).delete()
        await Report.filter(id=report).update(
            state=ReportState.QUEUED, attempts=0, failure="", file_id=None, finished_at=None
        )
        await audit.record(actor, "reports.asked_again", f"report {report}")
        await line_up(actor.organisation_id, report)


async def _file_is_lost(row: Report, shelf: files.Shelf) -> bool:
    if row.state is not ReportState.DONE:
        return False
    try:
        await files.fetch(shelf, await shared.StoredFile.get(id=row.file_id))
    except files.FileGone:
        return True
    return False
