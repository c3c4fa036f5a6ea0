"""Documents: the list, asking for one, watching it being made, taking it away."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from palier.action_plans.store import visible_plans
from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.peers import Peers
from palier.assessments.store import AssessmentState, visible_assessments
from palier.foundation import files
from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, current, day, language_name
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, is_htmx, page, parse, saved_as, see_other
from palier.reports import store
from palier.reports.flows import asking
from palier.reports.flows.building import NotSubmitted, OtherRound
from palier.reports.pages import wording
from palier.reports.pages.options import choices, from_form
from palier.reports.rules.options import Options
from palier.reports.rules.wishes import Kind, Wish

READ, EXPORT = needs(Permission.READ), needs(Permission.EXPORT)
POLLING_ENDS = 286
"""htmx swaps the answer in and asks no more."""

PER_PAGE = 25


class Order(msgspec.Struct, frozen=True):
    """The form, as a browser sends it."""

    op: UUID
    kind: Kind
    locale: str
    assessment: str = ""
    plan: str = ""
    benchmark: str = ""


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
        return page(request, "reports/list.html", nav="reports", reports=shown, number=number, pages=pages)

    @get("/new", opt=EXPORT)
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromQuery[str] = "", plan: FromQuery[str] = "",
    ) -> Template:  # fmt: skip
        """The form, with the round or plan of the page one comes from; a round comes with its latest plan."""
        values = {"locale": current(), "assessment": assessment, "plan": plan, "benchmark": "yes"}
        values["kind"] = Kind.PLAN if plan and not assessment else Kind.RESULTS
        return await _form(request, actor, values | await _suggested(actor, assessment, plan))

    @post("/new", opt=EXPORT)
    async def ask(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any]
    ) -> Response:  # fmt: skip
        """Freeze the content and have it made; the same content again leads to the document that is there."""
        raw = await form_of(request)
        order, errors = parse(Order, raw)
        options, faults = from_form(raw)
        errors |= faults | await _errors(actor, raw)
        if errors or order is None:
            return await _form(request, actor, raw, errors)
        try:
            asked = await asking.ask_report(actor, _wish(order, options), order.op, peers, shelf)
        except OtherRound:
            return await _form(request, actor, raw, {"plan": _("This plan was drawn from another round")})
        except NotSubmitted:
            return await _form(request, actor, raw, {"assessment": _("Choose a round of the list")})
        return see_other(_address(actor, asked.report), _found_again(asked))

    @get("/{report:uuid}", opt=READ)
    async def watch(
        self, request: Request, actor: NamedDependency[Actor], report: FromPath[UUID], lost: FromQuery[bool] = False
    ) -> Template:  # fmt: skip
        """One document: how far it is, then what it is. htmx asks every two seconds until it is made or has failed."""
        async with reading(actor):
            row = await store.report_of(actor, report)
            file = await shared.StoredFile.get_or_none(id=row.file_id) if row.file_id else None
        polled = is_htmx(request)
        return page(
            request, "reports/polled.html" if polled else "reports/report.html", nav="reports", report=row, file=file,
            lost=lost, words=wording, status_code=POLLING_ENDS if polled and not row.pending else 200,
        )  # fmt: skip

    @post("/{report:uuid}/again", opt=EXPORT)
    async def again(
        self, actor: NamedDependency[Actor], report: FromPath[UUID], shelf: NamedDependency[Any]
    ) -> Redirect:
        await asking.ask_again(actor, report, shelf)
        return see_other(_address(actor, report))

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


def _found_again(asked: asking.Asked) -> str:
    if asked.since is None:
        return ""
    return _("Nothing has changed since this document was asked for on %(day)s.") % {"day": day(asked.since)}


def _wish(order: Order, options: Options) -> Wish:
    alone = order.kind is Kind.PLAN
    return Wish(
        order.kind,
        order.locale,
        "" if alone else order.assessment,
        order.plan,
        benchmark=order.benchmark == "yes",
        options=options,
    )


async def _errors(actor: Actor, raw: dict[str, str]) -> dict[str, str]:
    errors = {}
    rounds, plans = await _choices(actor)
    if raw.get("locale") not in LOCALES:
        errors["locale"] = _("Choose a language of the list")
    if raw.get("kind") == Kind.ACTION:
        errors["kind"] = _("The sheet of an action is asked for on the action’s own page")
    if raw.get("kind") != Kind.PLAN and raw.get("assessment") not in dict(rounds):
        errors["assessment"] = _("Choose a round of the list")
    wanted = raw.get("plan", "")
    if (wanted or raw.get("kind") == Kind.PLAN) and wanted not in dict(plans):
        errors["plan"] = _("Choose a plan of the list")
    return errors


async def _form(
    request: Request, actor: Actor, values: dict[str, Any], errors: dict[str, str] | None = None
) -> Template:
    rounds, plans = await _choices(actor)
    blank = {"kind": Kind.RESULTS, "locale": current(), "assessment": "", "plan": "", "benchmark": ""}
    return page(
        request, "reports/new.html", nav="reports", status_code=422 if errors else 200, rounds=rounds, plans=plans,
        kinds=wording.kind_choices(), tongues=[(each, language_name(each)) for each in LOCALES],
        values=blank | values, errors=errors or {}, new_op=new_id(), options=choices(),
    )  # fmt: skip


async def _suggested(actor: Actor, assessment: str, plan: str) -> dict[str, str]:
    """What to choose where the address does not say."""
    if plan:
        return {}
    async with reading(actor):
        rounds = visible_assessments(actor).filter(state=AssessmentState.SUBMITTED)
        latest = await (rounds.filter(slug=assessment) if assessment else rounds).first()
        drawn = await visible_plans(actor).filter(assessment_id=latest.id).first() if latest else None
    return {"assessment": latest.slug if latest else "", "plan": drawn.slug if drawn else ""}


async def _choices(actor: Actor) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Submitted rounds and plans as a select takes them, newest first."""
    async with reading(actor):
        rows = await visible_assessments(actor).filter(state=AssessmentState.SUBMITTED)
        names = {row.id: f"{(await definition_of(row)).title.in_(current())} {row.name}" for row in rows}
        plans = await visible_plans(actor)
    return (
        [(row.slug, names[row.id]) for row in rows],
        [(row.slug, f"{row.title} ({names.get(row.assessment_id, row.assessment.name)})") for row in plans],
    )


PAGES: list[ControllerRouterHandler] = [Reports]
