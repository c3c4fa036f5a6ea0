"""The plans of an organisation: the list, a new one, and what the organisation wants of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from palier.action_plans import store, wording
from palier.action_plans.flows import planning
from palier.action_plans.flows.planning import STRATEGIC_WEIGHTS, NotSubmitted, NotTogether, StillServed
from palier.action_plans.pages.desk import EDIT, MAKE, READ, Desk, makes, open_desk, plan_path, shared
from palier.action_plans.pages.forms import Errors, Raw, op_of
from palier.action_plans.rules.life import ActionStatus, is_late
from palier.action_plans.rules.together import may_join
from palier.action_plans.store import ActionPlan
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.sheets import people_to_ask
from palier.assessments.rules.peers import Peers
from palier.assessments.store import Assessment, AssessmentState, visible_assessments
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission
from palier.foundation.web import form_of, page, parse, see_other
from palier.questionnaires.rules import Questionnaire


class NewPlanForm(msgspec.Struct):
    """What opens a plan."""

    assessment: str
    title: Annotated[str, msgspec.Meta(max_length=160)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list of plans."""

    plan: ActionPlan
    sources: list[tuple[Assessment, Questionnaire]]
    adopted: int
    late: int
    done: int

    def draws_on(self, assessment: Assessment) -> bool:
        """Whether the assessment is among its sources."""
        return any(source.id == assessment.id for source, _ in self.sources)


class Plans(Controller):
    """`/o/{org}/plans`"""

    path = "/o/{org:str}/plans"

    @get("/", opt=READ)
    async def every_plan(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromQuery[str] = ""
    ) -> Template:
        """All plans, or those born from one assessment, under its tabs."""
        async with reading(actor):
            rounds = await visible_assessments(actor)
            shown = next((one for one in rounds if one.slug == assessment), None)
            plans = await store.visible_plans(actor)
            rows = [one for one in await _listed(actor, plans) if shown is None or one.draws_on(shown)]
            ask = [] if actor.may(Permission.EDIT_PLAN) else await people_to_ask(actor)
            questionnaire = await definition_of(shown) if shown else None
        ready = [one for one in ([shown] if shown else rounds) if one.state is AssessmentState.SUBMITTED]
        return page(
            request, "action_plans/plans.html", nav="assessments" if shown else "plans", rows=rows, assessment=shown,
            questionnaire=questionnaire, ready=ready[0] if ready else None, ask=ask,
            editable=actor.may(Permission.EDIT_PLAN), makes=makes(actor), org=f"/o/{actor.organisation.slug}",
        )  # fmt: skip

    @get("/new", opt=MAKE)
    async def form(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromQuery[str] = ""
    ) -> Template:
        return await _new(request, actor, {"assessment": assessment})

    @post("/new", opt=MAKE)
    async def open_plan(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        raw = await form_of(request)
        wanted, errors = parse(NewPlanForm, raw)
        if wanted is None:
            return await _new(request, actor, raw, errors)
        async with reading(actor):
            chosen = next((r for r in await _submitted(actor) if r.slug == wanted.assessment), None)
        try:
            year = _next_year(actor, chosen)
            slug = await planning.open_plan(actor, wanted.assessment, wanted.title, year, op_of(raw))
        except NotSubmitted:
            return await _new(request, actor, raw, {"assessment": _("Submit this assessment first")})
        return see_other(f"{plan_path(actor, slug)}/generate")

    @get("/{plan:str}/settings", opt=MAKE)
    async def settings(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Template:
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
            joinable = await _joinable(actor, desk)
        return _settings(request, actor, desk, _stored(desk), {}, joinable)

    @post("/{plan:str}/settings", opt=MAKE)
    async def set_up(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Response:
        raw = await form_of(request)
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
            joinable = await _joinable(actor, desk)
        questionnaire = desk.view.questionnaire
        weights, targets, errors = read_wishes(raw, questionnaire)
        title = raw.get("title", "")
        if not title or len(title) > 160:
            errors["title"] = _("Give the plan a title of at most 160 characters")
        if errors:
            return _settings(request, actor, desk, raw, errors, joinable)
        await planning.set_up(actor, plan, title, weights, targets)
        return see_other(
            f"{plan_path(actor, plan)}/suggestions", notice=_("Saved. The suggestions are ranked anew.")
        )

    @post("/{plan:str}/assessments", opt=MAKE)
    async def draw_on(self, request: Request, actor: NamedDependency[Actor], plan: FromPath[str]) -> Response:
        """Draw on a further assessment."""
        raw = await form_of(request)
        try:
            await planning.draw_on(actor, plan, raw.get("assessment", ""))
            told = _("The plan draws on it now: its levers are among the suggestions.")
        except NotSubmitted:
            told = _("Submit this assessment first")
        except NotTogether:
            told = _("The plan draws on an assessment of this questionnaire already.")
        return see_other(f"{plan_path(actor, plan)}/settings#rounds", notice=told)

    @post("/{plan:str}/assessments/{assessment:str}/remove", opt=EDIT)
    async def draw_no_longer_on(
        self, actor: NamedDependency[Actor], plan: FromPath[str], assessment: FromPath[str]
    ) -> Response:
        """Do without a further assessment."""
        try:
            await planning.draw_no_longer_on(actor, plan, assessment)
            told = _("The plan does without it.")
        except StillServed as served:
            told = _("These actions serve its criteria, so it stays: %(titles)s") % {
                "titles": ", ".join(served.titles)
            }
        return see_other(f"{plan_path(actor, plan)}/settings#rounds", notice=told)


async def _listed(actor: Actor, plans: list[ActionPlan]) -> list[Listed]:
    actions = await store.actions_of(actor, [plan.id for plan in plans])
    further = await store.every_further_assessment(actor)
    on = today(actor.person.time_zone)
    rows = []
    for plan in plans:
        sources = [plan.assessment, *[one.assessment for one in further if one.plan_id == plan.id]]
        own = [action for action in actions if action.plan_id == plan.id]
        late = sum(is_late(action.status, action.due_on, on) for action in own)
        done = sum(action.status is ActionStatus.DONE for action in own)
        named = [(source, await definition_of(source)) for source in sources]
        rows.append(Listed(plan, named, len(own), late, done))
    return rows


async def _submitted(actor: Actor) -> list[Assessment]:
    return await visible_assessments(actor).filter(state=AssessmentState.SUBMITTED)


def _next_year(actor: Actor, assessment: Assessment | None) -> int:
    """The year after the round's own, if its name is one: a plan is for the year to come."""
    if assessment and assessment.name.isdecimal() and len(assessment.name) == 4:
        return int(assessment.name) + 1
    return today(actor.person.time_zone).year + 1


async def _new(request: Request, actor: Actor, raw: Raw, errors: Errors | None = None) -> Template:
    async with reading(actor):
        rounds = await _submitted(actor)
        named = [
            (one.slug, f"{(await definition_of(one)).title.in_(current())} {one.name}") for one in rounds
        ]
    chosen = next((one for one in rounds if one.slug == raw.get("assessment")), rounds[0] if rounds else None)
    title = _("Action plan %(year)s") % {"year": _next_year(actor, chosen)}
    return page(
        request, "action_plans/new_plan.html", nav="plans", status_code=422 if errors else 200, rounds=named,
        values={"assessment": chosen.slug if chosen else "", "title": raw.get("title", title)},
        errors=errors or {}, new_op=new_id(), org=f"/o/{actor.organisation.slug}",
    )  # fmt: skip


def read_wishes(raw: Raw, questionnaire: Questionnaire) -> tuple[dict[str, int], dict[str, Fraction], Errors]:
    """Strategic weights by dimension and targets in points by criterion; an empty target is the next level."""
    errors: Errors = {}
    weights = {}
    for dimension in questionnaire.dimensions:
        text = raw.get(f"weight-{dimension.code}", "1")
        if text not in map(str, STRATEGIC_WEIGHTS):
            errors[f"weight-{dimension.code}"] = _("Choose a weight from 0 to 3")
        else:
            weights[dimension.code] = int(text)
    targets = {}
    for criterion in questionnaire.criteria:
        text = raw.get(f"target-{criterion.code}", "")
        if text and text not in map(str, range(1, len(criterion.scale.values) + 1)):
            errors[f"target-{criterion.code}"] = _("Choose one of the levels")
        elif text:
            targets[criterion.code] = criterion.scale.points(int(text))
    return weights, targets, errors


def _stored(desk: Desk) -> dict[str, str]:
    questionnaire, plan = desk.view.questionnaire, desk.view.plan
    values = {"title": plan.title}
    for dimension in questionnaire.dimensions:
        values[f"weight-{dimension.code}"] = str(plan.strategic_weights.get(dimension.code, 1))
    for code, points in plan.targets.items():
        values[f"target-{code}"] = str(questionnaire.criterion(code).scale.level(Fraction(points)))
    return values


async def _joinable(actor: Actor, desk: Desk) -> list[tuple[str, str]]:
    """Submitted assessments the plan could draw on as well, the newest of each questionnaire."""
    known = [one.questionnaire for one in desk.view.rounds]
    found: dict[str, tuple[str, str]] = {}
    for one in await _submitted(actor):
        questionnaire = await definition_of(one)
        if may_join(known, questionnaire):
            named = (one.slug, f"{questionnaire.title.in_(current())} {one.name}")
            found.setdefault(questionnaire.id, named)
    return [*found.values()]


def _settings(
    request: Request,
    actor: Actor,
    desk: Desk,
    values: Mapping[str, Any],
    errors: Errors,
    joinable: list[tuple[str, str]],
) -> Template:
    return page(
        request, "action_plans/settings.html", status_code=422 if errors else 200, values=values, errors=errors,
        weights=wording.weight_choices(), joinable=joinable, **shared(request, actor, desk),
    )  # fmt: skip


PAGES = [Plans]
