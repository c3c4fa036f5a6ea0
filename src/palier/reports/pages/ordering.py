"""Asking for a document: the form, its pages looked at beforehand, the order."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.action_plans.store import visible_plans
from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.peers import Peers
from palier.assessments.store import AssessmentState, visible_assessments
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, current, day, language_name
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, is_htmx, page, parse, see_other
from palier.reports.flows import asking
from palier.reports.flows.building import NotSubmitted, OtherRound
from palier.reports.flows.previewing import Previewer
from palier.reports.pages import keeping, letterhead, looking, options, wording
from palier.reports.rules.wishes import Kind, Wish


class Order(msgspec.Struct, frozen=True):
    """The form, as a browser sends it."""

    op: UUID
    kind: Kind
    locale: str
    assessment: str = ""
    plan: str = ""
    benchmark: str = ""


class Ordering(Controller):
    """`/o/{org}/reports/new`"""

    path = "/o/{org:str}/reports"
    opt = needs(Permission.EXPORT)

    @get("/new")
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromQuery[str] = "", plan: FromQuery[str] = "",
        preset: FromQuery[UUID | None] = None,
    ) -> Template:  # fmt: skip
        """The form, with the round or plan of the page one comes from; a round comes with its latest plan."""
        values = {"locale": current(), "assessment": assessment, "plan": plan, "benchmark": "yes"}
        values["kind"] = Kind.PLAN if plan and not assessment else Kind.RESULTS
        if preset is not None:
            values = await keeping.fields_of(actor, preset) | {"assessment": assessment, "plan": plan}
        return await show_form(request, actor, values | await _suggested(actor, assessment, plan))

    @post("/new")
    async def ask(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        """Freeze the content and have it made; the same content again leads to the document that is there."""
        raw = await form_of(request)
        order, wish, errors = await _read(actor, raw)
        if order is None or wish is None:
            return await show_form(request, actor, raw, errors)
        try:
            asked = await asking.ask_report(actor, wish, order.op, peers, shelf, settings.public_url)
        except OtherRound:
            return await show_form(request, actor, raw, {"plan": looking.other_round()})
        except NotSubmitted:
            return await show_form(request, actor, raw, {"assessment": looking.no_such_round()})
        return see_other(f"/o/{actor.organisation.slug}/reports/{asked.report}", _found_again(asked))

    @post("/new/preview", status_code=200)
    async def look(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], shelf: NamedDependency[Any],
        previewer: NamedDependency[Previewer],
    ) -> Response:  # fmt: skip
        """The first pages of what the form asks for. It writes nothing; without a script it is the form again, with them."""
        raw = await form_of(request)
        _order, wish, errors = await _read(actor, raw)
        preview = await looking.drawn(request, previewer, actor, wish, errors, peers, shelf)
        if is_htmx(request):
            return looking.part(request, preview)
        return await show_form(request, actor, raw, errors, preview)


async def _read(actor: Actor, raw: dict[str, str]) -> tuple[Order | None, Wish | None, dict[str, str]]:
    """What the form asks for, or what is wrong with it by field."""
    order, errors = parse(Order, raw)
    chosen, wrong_options = options.from_form(raw)
    look, wrong_look = letterhead.from_form(raw)
    errors |= wrong_options | wrong_look | await _errors(actor, raw)
    if errors or order is None:
        return order, None, errors
    alone = order.kind is Kind.PLAN
    wish = Wish(
        order.kind,
        order.locale,
        "" if alone else order.assessment,
        order.plan,
        benchmark=order.benchmark == "yes",
        options=chosen,
        look=look,
    )
    return order, wish, {}


async def _errors(actor: Actor, raw: dict[str, str]) -> dict[str, str]:
    errors = {}
    rounds, plans = await _choices(actor)
    if raw.get("locale") not in LOCALES:
        errors["locale"] = _("Choose a language of the list")
    if raw.get("kind") == Kind.ACTION:
        errors["kind"] = _("The sheet of an action is asked for on the action’s own page")
    if raw.get("kind") in {Kind.CERTIFICATE, Kind.PAPER}:
        errors["kind"] = _("This document is asked for on a page of its own")
    if raw.get("kind") != Kind.PLAN and raw.get("assessment") not in dict(rounds):
        errors["assessment"] = looking.no_such_round()
    wanted = raw.get("plan", "")
    if (wanted or raw.get("kind") == Kind.PLAN) and wanted not in dict(plans):
        errors["plan"] = _("Choose a plan of the list")
    return errors


def _found_again(asked: asking.Asked) -> str:
    if asked.since is None:
        return ""
    return _("Nothing has changed since this document was asked for on %(day)s.") % {"day": day(asked.since)}


async def show_form(
    request: Request, actor: Actor, values: dict[str, Any], errors: dict[str, str] | None = None, preview: looking.Preview | None = None
) -> Template:  # fmt: skip
    """The form with these values; with errors, as a form that was refused."""
    rounds, plans = await _choices(actor)
    blank = {"kind": Kind.RESULTS, "locale": current()}
    return page(
        request, "reports/new.html", nav="reports", status_code=422 if errors else 200, rounds=rounds, plans=plans,
        kinds=wording.kind_choices(), tongues=[(each, language_name(each)) for each in LOCALES],
        values=defaultdict(str, blank | values), errors=errors or {}, new_op=new_id(), options=options.choices(),
        signs=await letterhead.choices(actor), proposal=letterhead.proposal(values),
        preview=preview or looking.Preview(f"/o/{actor.organisation.slug}/reports/new/preview"),
        presets=await keeping.choices(actor, values.get("preset", "")),
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


PAGES: list[ControllerRouterHandler] = [Ordering]
