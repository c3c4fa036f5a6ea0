"""Planning by capacity: what quarters hold, what is settled of levers, the best choice, and why the rest is out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import deciding_wording as words
from palier.action_plans.flows import sizing
from palier.action_plans.flows.sizing import SizedMeanwhile, Sizing, edition_of, proposal_for, sizing_of
from palier.action_plans.pages.desk import MAKE, READ, Desk, open_desk, plan_path, shared
from palier.action_plans.pages.forms import Errors, Raw, read_date
from palier.action_plans.planner import NotSolved
from palier.action_plans.rules.capacity import LeftOut, Proposal
from palier.action_plans.rules.quarters import (
    MOST_POINTS,
    MOST_QUARTERS,
    USUAL_POINTS,
    Capacity,
    Quarter,
    Wanted,
    quarter_named,
    quarter_of,
)
from palier.action_plans.rules.suggestions import projected
from palier.assessments.flows.rounds import Round
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, page, see_other
from palier.scoring.rules import Result


@dataclass(frozen=True, slots=True)
class Line:
    """A lever that was left out, in words."""

    left: LeftOut
    title: str
    why: str


class CapacityPage(Controller):
    """`/o/{org}/plans/{plan}/capacity`"""

    path = "/o/{org:str}/plans/{plan:str}/capacity"

    @get("/", opt=READ)
    async def show(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Template:
        """The best choice for what is settled so far."""
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        return await _page(request, actor, desk)

    @post("/", opt=MAKE)
    async def settle(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Response:
        """Keep the capacity and what is settled of levers, then choose anew."""
        raw = await form_of(request)
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        errors: Errors = {}
        before = sizing_of(desk.view, desk.suggestions, desk.on).capacity
        capacity = read_capacity(raw, before, [one.lever.id for one in desk.suggestions], errors)
        if errors:
            return await _page(request, actor, desk, raw, errors)
        try:
            await sizing.size(actor, plan, capacity, raw.get("edition", ""))
        except SizedMeanwhile as conflict:
            return await _page(request, actor, desk, raw, conflict=conflict)
        return see_other(f"{plan_path(actor, plan)}/capacity", notice=_("Saved. The choice is made anew."))


def first_choices(on: date) -> list[Quarter]:
    """The quarters a plan by capacity may start in."""
    return [quarter_of(on).after(number) for number in range(6)]


def read_capacity(raw: Raw, before: Capacity, levers: list[str], errors: Errors) -> Capacity:
    """The form; what is settled of levers that are no suggestions now is kept as it was."""
    first = quarter_named(raw.get("first", ""))
    if first is None:
        errors["first"] = _("Choose a quarter of the list")
    count = raw.get("quarters", "")
    if count not in map(str, range(1, MOST_QUARTERS + 1)):
        errors["quarters"] = _("Choose from 1 to %(most)s quarters") % {"most": MOST_QUARTERS}
        return before
    points = tuple(_points(raw, number, before, errors) for number in range(int(count)))
    wanted = dict(before.wanted) | {lever: _wanted(raw, lever, errors) for lever in levers}
    return Capacity(first or before.first, points, wanted)


def _points(raw: Raw, number: int, before: Capacity, errors: Errors) -> int:
    """What a quarter holds; one that is new holds as much as the last."""
    name = f"points-{number}"
    if name not in raw:
        return before.points[-1] if before.points else USUAL_POINTS
    text = raw[name]
    if not text.isdecimal() or int(text) > MOST_POINTS:
        errors[name] = _("Write a whole number from 0 to %(most)s") % {"most": MOST_POINTS}
        return 0
    return int(text)


def _wanted(raw: Raw, lever: str, errors: Errors) -> Wanted:
    kept, _sep, quarter = raw.get(f"wish-{lever}", "").partition(" ")
    by = read_date(raw, f"by-{lever}", errors)
    return Wanted(kept == "keep", kept == "out", quarter_named(quarter), by)


async def _page(
    request: Request,
    actor: Actor,
    desk: Desk,
    raw: Raw | None = None,
    errors: Errors | None = None,
    conflict: SizedMeanwhile | None = None,
) -> Template:
    """The page, or the page with what was sent and the reason it could not be kept."""
    sized = sizing_of(desk.view, desk.suggestions, desk.on)
    proposal = None if errors else await _proposal(sized)
    return page(
        request, "action_plans/capacity.html", status_code=409 if conflict else 422 if errors else 200,
        errors=errors or {}, conflict=conflict, edition=edition_of(desk.view.plan),
        values=raw or _stored(sized), sized=sized, proposal=proposal,
        filled=sized.filled(proposal) if proposal else [], lines=_lines(desk, sized, proposal),
        leads=_leads(desk, sized, proposal), words=words, unkept=_unkept(sized, proposal),
        firsts=[(one.code, words.quarter_words(one)) for one in first_choices(desk.on)],
        counts=[(str(number), str(number)) for number in range(1, MOST_QUARTERS + 1)],
        wishes=words.wish_choices(sized.capacity.quarters), **shared(request, actor, desk),
    )  # fmt: skip


async def _proposal(sized: Sizing) -> Proposal | None:
    """None where the solver found nothing in its time; the page says so."""
    try:
        return await proposal_for(sized)
    except NotSolved:
        return None


def _stored(sized: Sizing) -> Mapping[str, Any]:
    capacity = sized.capacity
    values = {"first": capacity.first.code, "quarters": str(len(capacity.points))}
    values |= {f"points-{number}": str(points) for number, points in enumerate(capacity.points)}
    for lever, wanted in capacity.wanted.items():
        values[f"wish-{lever}"] = words.wish_code(wanted)
        values[f"by-{lever}"] = wanted.by.isoformat() if wanted.by else ""
    return values


def _lines(desk: Desk, sized: Sizing, proposal: Proposal | None) -> list[Line]:
    titles = {one.lever.id: desk.title(one) for one in sized.suggestions}
    return [
        Line(one, titles[one.name], words.reason_words(one, [titles[name] for name in one.names]))
        for one in (proposal.left_out if proposal else ())
    ]


def _unkept(sized: Sizing, proposal: Proposal | None) -> int:
    """How many levers were to be kept, and could not be."""
    left = proposal.left_out if proposal else ()
    return sum(sized.capacity.choice(one.name).pinned for one in left)


def _leads(desk: Desk, sized: Sizing, proposal: Proposal | None) -> list[tuple[Round, Result, Result]]:
    """Each round with the plan as it is, and with the choice as well."""
    if proposal is None:
        return []
    chosen = [sized.problem.by_name[name].moves for name in proposal.schedule]
    return [
        (
            one,
            projected(one.questionnaire, one.result, desk.view.moves),
            projected(one.questionnaire, one.result, [*desk.view.moves, *chosen]),
        )
        for one in desk.view.rounds
    ]


PAGES = [CapacityPage]
"""Nothing here is kept before `generate` confirms it as actions."""
