"""One action: everything about it, its indicator, its history; and an action of one's own."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import store, wording
from palier.action_plans.flows import acting
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable, facts_of
from palier.action_plans.flows.owners import UnknownOwner
from palier.action_plans.pages.desk import EDIT, READ, Desk, open_desk, plan_path, shared
from palier.action_plans.pages.forms import (
    Errors,
    Raw,
    Shown,
    field_errors,
    op_of,
    read_date,
    read_facts,
    read_figure,
    revision_of,
    shown,
    typed,
    typed_date,
    unknown_owner,
)
from palier.action_plans.rules.life import Facts, differences
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, page, see_other
from palier.questionnaires.rules import Questionnaire


class NewAction(Controller):
    """`/o/{org}/plans/{plan}/actions/new`"""

    path = "/o/{org:str}/plans/{plan:str}/actions/new"
    opt = EDIT

    @get("/")
    async def form(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Template:
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        return _new(request, actor, desk, shown(Facts("")))

    @post("/")
    async def add(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Response:
        raw = await form_of(request)
        async with reading(actor):
            desk = await open_desk(actor, plan, peers)
        facts, errors = read_facts(raw, desk.view.round.questionnaire)
        try:
            if not errors:
                row = await acting.add(actor, plan, facts, op_of(raw))
                return see_other(
                    f"{plan_path(actor, plan)}#act-{row.id}", notice=_("The action is in the plan.")
                )
        except Unacceptable as refused:
            errors = field_errors(refused)
        except UnknownOwner:
            errors = {"owner": unknown_owner()}
        return _new(request, actor, desk, typed(raw), errors)


class ActionPage(Controller):
    """`/o/{org}/a/{action}`"""

    path = "/o/{org:str}/a/{action:uuid}"

    @get("/", opt=READ)
    async def show(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Template:
        return await _action(request, actor, peers, action)

    @post("/", opt=EDIT)
    async def save(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        raw = await form_of(request)
        async with reading(actor):
            row = await store.action_by_id(actor, action)
            desk = await open_desk(actor, row.plan.slug, peers)
        facts, errors = read_facts(raw, desk.view.round.questionnaire)
        conflict = None
        try:
            if not errors:
                await acting.edit(actor, action, facts, revision_of(raw))
                return see_other(f"/o/{actor.organisation.slug}/a/{action}", notice=_("The action is saved."))
        except Unacceptable as refused:
            errors = field_errors(refused)
        except UnknownOwner:
            errors = {"owner": unknown_owner()}
        except ChangedMeanwhile as changed:
            conflict = changed
        return await _action(
            request, actor, peers, action, errors=errors, sent=raw, conflict=conflict, mine=facts
        )

    @post("/readings", opt=EDIT)
    async def measure(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        raw = await form_of(request)
        errors: Errors = {}
        on, value = read_date(raw, "on", errors), read_figure(raw, "value", errors)
        if on is None:
            errors.setdefault("on", _("Give the day of the measure"))
        elif on > today(actor.person.time_zone):
            errors["on"] = _("A measure cannot be in the future")
        if value is None:
            errors.setdefault("value", _("Write a number"))
        if errors or on is None or value is None:
            return await _action(request, actor, peers, action, reading_errors=errors, measured=raw)
        await acting.measure(actor, action, on, value, op_of(raw))
        return see_other(f"/o/{actor.organisation.slug}/a/{action}#kpi", notice=_("The measure is saved."))

    @post("/readings/{reading:uuid}/remove", opt=EDIT)
    async def unmeasure(
        self, actor: NamedDependency[Actor], action: FromPath[UUID], reading: FromPath[UUID]
    ) -> Response:
        await acting.unmeasure(actor, action, reading)
        return see_other(
            f"/o/{actor.organisation.slug}/a/{action}#kpi", notice=_("The measure is taken back.")
        )

    @post("/remove", opt=EDIT)
    async def take_out(
        self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID]
    ) -> Response:
        try:
            slug = await acting.take_out(actor, action, revision_of(await form_of(request)))
        except ChangedMeanwhile as conflict:
            told = _("%(name)s changed this action meanwhile: it was kept.") % {"name": conflict.by}
            return see_other(f"/o/{actor.organisation.slug}/a/{action}", notice=told)
        return see_other(plan_path(actor, slug), notice=_("The action is out of the plan."))


def _new(request: Request, actor: Actor, desk: Desk, values: Shown, errors: Errors | None = None) -> Template:
    return page(
        request, "action_plans/new_action.html", status_code=422 if errors else 200, values=values,
        errors=errors or {}, owners=desk.owners, **choices(desk.view.round.questionnaire),
        **shared(request, actor, desk),
    )  # fmt: skip


def choices(questionnaire: Questionnaire) -> dict[str, Any]:
    """What the selects of an action's form offer."""
    longest = max(len(criterion.scale.values) for criterion in questionnaire.criteria)
    return {
        "criteria": [
            (
                element.label.in_(current()),
                [(c.code, f"{c.code} {c.label.in_(current())}") for c in element.criteria],
            )
            for element in questionnaire.elements
        ],
        "levels": [(str(n), _("Level %(n)s") % {"n": n}) for n in range(2, longest + 1)],
        "efforts": wording.effort_choices(),
    }


async def _action(
    request: Request, actor: Actor, peers: Peers, action: UUID, *, errors: Errors | None = None,
    sent: Raw | None = None, conflict: ChangedMeanwhile | None = None, mine: Facts | None = None,
    reading_errors: Errors | None = None, measured: Raw | None = None,
) -> Template:  # fmt: skip
    """The page, or the page with what was sent and the reason it could not be kept."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        desk = await open_desk(actor, row.plan.slug, peers)
        trail = await store.trail_of(actor, f"action {row.id}")
        readings = (await store.readings_of(actor, [row.id])).get(row.id, [])
    refused = bool(errors or reading_errors)
    base = conflict.action.revision if conflict else revision_of(sent) if sent is not None else row.revision
    return page(
        request, "action_plans/action.html", status_code=409 if conflict else 422 if refused else 200, action=row,
        one=next(found for found in desk.view.actions if found.row.id == row.id),
        values=typed(sent) if sent is not None else shown(facts_of(row)), revision=base,
        errors={**(errors or {}), **(reading_errors or {})}, conflict=conflict,
        clashes=_clashes(conflict, mine, dict(desk.owners)), readings=readings, today=today(actor.person.time_zone),
        measured=measured or {}, typed_date=typed_date, owners=_with_owner(desk.owners, row),
        history=[(event, wording.history_words(event)) for event in trail], **_lever(desk, row),
        **choices(desk.view.round.questionnaire), **shared(request, actor, desk),
    )  # fmt: skip


def _with_owner(owners: list[tuple[Any, str]], row: store.Action) -> list[tuple[Any, str]]:
    """The members, and the owner even after they left."""
    if row.owner_id is None or row.owner_id in dict(owners):
        return owners
    return [*owners, (row.owner_id, row.owner_name)]


def _lever(desk: Desk, row: store.Action) -> dict[str, Any]:
    """The steps as adopted; the criteria with their names."""
    questionnaire = desk.view.round.questionnaire
    return {
        "served": [
            (step, questionnaire.criterion(step["criterion"]))
            for step in row.serves
            if step["criterion"] in questionnaire.index.positions
        ]
    }


def _clashes(
    conflict: ChangedMeanwhile | None, mine: Facts | None, names: dict[Any, str]
) -> list[tuple[str, str, str]]:
    """Where the two editors differ: the fact, as it stands, as it was just sent."""
    if conflict is None or mine is None:
        return []
    found = differences(facts_of(conflict.action), mine)
    if "owner" in found:
        theirs, ours = found["owner"]
        found["owner"] = (conflict.action.owner_name if theirs else "", names.get(ours, ""))
    return [
        (wording.field_words(name), wording.value_words(name, old), wording.value_words(name, new))
        for name, (old, new) in found.items()
    ]


PAGES = [NewAction, ActionPage]
