"""Documents: the list, watching one being made, taking it away."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from palier.foundation import files
from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, is_htmx, page, saved_as, see_other
from palier.reports import store
from palier.reports.flows import asking, cancelling, telling
from palier.reports.links import links_of
from palier.reports.pages import wording

READ, EXPORT = needs(Permission.READ), needs(Permission.EXPORT)
POLLING_ENDS = 286
"""htmx swaps the answer in and asks no more."""

PER_PAGE = 25


class Reports(Controller):
    """`/o/{org}/reports`"""

    path = "/o/{org:str}/reports"

    @get("/", opt=READ)
    async def every_report(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        asked = request.query_params.get("page", "1")
        rows = store.visible_reports(actor)
        async with reading(actor):
            pages = max(1, -(-await rows.count() // PER_PAGE))
            number = min(max(int(asked) if asked.isdecimal() else 1, 1), pages)
            shown = await rows.offset((number - 1) * PER_PAGE).limit(PER_PAGE)
            links = await store.count_working(shown, now())
        return page(
            request, "reports/list.html", nav="reports", reports=shown, links=links, number=number, pages=pages,
        )  # fmt: skip

    @get("/{report:uuid}", opt=READ)
    async def watch(
        self, request: Request, actor: NamedDependency[Actor], report: FromPath[UUID], lost: FromQuery[bool] = False
    ) -> Template:  # fmt: skip
        """One document: how far it is, then what it is. htmx asks every two seconds until it is made or has failed."""
        async with reading(actor):
            row = await store.report_of(actor, report)
            file = await shared.StoredFile.get_or_none(id=row.file_id) if row.file_id else None
            sharing = row.state is store.ReportState.DONE and actor.may(Permission.EXPORT)
            links = await links_of(row) if sharing else None
        polled = is_htmx(request)
        return page(
            request, "reports/polled.html" if polled else "reports/report.html", nav="reports", report=row, file=file,
            lost=lost, links=links, words=wording, status_code=POLLING_ENDS if polled and not row.pending else 200,
        )  # fmt: skip

    @post("/{report:uuid}/again", opt=EXPORT)
    async def again(
        self, actor: NamedDependency[Actor], report: FromPath[UUID], shelf: NamedDependency[Any]
    ) -> Redirect:
        await asking.ask_again(actor, report, shelf)
        return see_other(_address(actor, report))

    @post("/{report:uuid}/cancel", opt=EXPORT)
    async def cancel(self, actor: NamedDependency[Actor], report: FromPath[UUID]) -> Redirect:
        """Have it made no more. Whoever comes too late finds the document."""
        await cancelling.cancel(actor, report)
        return see_other(_address(actor, report))

    @post("/{report:uuid}/letter", opt=EXPORT)
    async def letter(
        self, request: Request, actor: NamedDependency[Actor], report: FromPath[UUID]
    ) -> Redirect:
        """Write to me once it is made, or do not after all."""
        wanted = (await form_of(request)).get("wanted") == "yes"
        await telling.want_letter(actor, report, wanted)
        return see_other(_address(actor, report), _("You will get a message.") if wanted else "")

    @get("/{report:uuid}/file", opt=READ)
    async def file(
        self, actor: NamedDependency[Actor], report: FromPath[UUID], shelf: NamedDependency[Any]
    ) -> Response:
        """The PDF itself, to be kept and not shown in place. A lost file leads back to where it can be made again."""
        async with reading(actor):
            row = await store.report_of(actor, report)
            file = await shared.StoredFile.get(id=row.file_id)
        try:
            content = await files.fetch(shelf, file)
        except files.FileGone:
            return see_other(f"{_address(actor, report)}?lost=true")
        return Response(
            content, media_type=file.media_type, headers={"content-disposition": saved_as(file.name)}
        )


def _address(actor: Actor, report: UUID) -> str:
    return f"/o/{actor.organisation.slug}/reports/{report}"


PAGES: list[ControllerRouterHandler] = [Reports]
