"""One action: shown, changed, taken out of its plan; and an action of one's own."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import store
from palier.action_plans.flows import acting
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable
from palier.action_plans.flows.owners import UnknownOwner
from palier.action_plans.flows.stepping import UnacceptableSteps
from palier.action_plans.pages.action_form import Values, choices, read_facts, shown, typed
from palier.action_plans.pages.action_view import Trouble, action_page
from palier.action_plans.pages.desk import EDIT, MAKE, READ, Desk, open_desk, plan_path, shared
from palier.action_plans.pages.forms import Errors, field_errors, op_of, revision_of, unknown_owner
from palier.action_plans.rules.checklist import steps_in
from palier.action_plans.rules.life import Facts
from palier.action_plans.wording import steps_fault_words
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, page, see_other


class NewAction(Controller):
    """`/o/{org}/plans/{plan}/actions/new`"""

    path = "/o/{org:str}/plans/{plan:str}/actions/new"
    opt = MAKE

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
        on = today(actor.person.time_zone)
        facts, errors = read_facts(raw, desk.view.questionnaire, on)
        try:
            if not errors:
                row = await acting.add(actor, plan, facts, op_of(raw), steps_in(raw.get("steps", "")))
                return see_other(
                    f"{plan_path(actor, plan)}#act-{row.id}", notice=_("The action is in the plan.")
                )
        except Unacceptable as refused:
            errors = field_errors(refused)
        except UnacceptableSteps as refused:
            errors = {"steps": steps_fault_words(refused.rule)}
        except UnknownOwner:
            errors = _unknown_people(desk, facts)
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
        return await action_page(request, actor, peers, action)

    @post("/", opt=MAKE)
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
        on = today(actor.person.time_zone)
        facts, errors = read_facts(raw, desk.view.questionnaire, on)
        conflict = None
        try:
            if not errors:
                await acting.edit(actor, action, facts, revision_of(raw))
                return see_other(f"/o/{actor.organisation.slug}/a/{action}", notice=_("The action is saved."))
        except Unacceptable as refused:
            errors = field_errors(refused)
        except UnknownOwner:
            errors = _unknown_people(desk, facts)
        except ChangedMeanwhile as changed:
            conflict = changed
        trouble = Trouble("facts", errors, raw, conflict, facts)
        return await action_page(request, actor, peers, action, trouble)

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


def _new(
    request: Request, actor: Actor, desk: Desk, values: Values, errors: Errors | None = None
) -> Template:
    return page(
        request, "action_plans/new_action.html", status_code=422 if errors else 200, values=values,
        errors=errors or {}, owners=desk.owners, **choices(desk.view.questionnaire),
        **shared(request, actor, desk),
    )  # fmt: skip


def _unknown_people(desk: Desk, facts: Facts) -> Errors:
    """Who of the people chosen is no member any more."""
    known = dict(desk.owners)
    chosen = {"owner": facts.owner, "sponsor_id": facts.sponsor_id}
    return {name: unknown_owner() for name, person in chosen.items() if person and person not in known}


PAGES = [NewAction, ActionPage]
