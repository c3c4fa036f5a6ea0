"""What is done to one action beside its form: steps ticked, measures noted, reviews, what it waits for."""

from datetime import date
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans import store
from palier.action_plans.flows import acting, reviewing, stepping, waiting
from palier.action_plans.flows.acting import ChangedMeanwhile
from palier.action_plans.flows.reviewing import Look
from palier.action_plans.flows.stepping import StepsChangedMeanwhile, UnacceptableSteps, seal_of
from palier.action_plans.flows.waiting import InACircle
from palier.action_plans.pages.action_view import CALM, Trouble, action_page
from palier.action_plans.pages.conversing import cards
from palier.action_plans.pages.desk import EDIT, MAKE, makes
from palier.action_plans.pages.forms import Errors, Raw, op_of, read_date, read_figure, revision_of, uuid_of
from palier.action_plans.rules.checklist import steps_in
from palier.action_plans.rules.life import LONGEST, Fault, Stage
from palier.action_plans.wording import fault_words, steps_fault_words
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.web import form_of, is_htmx, page, see_other


class Measures(Controller):
    """`/o/{org}/a/{action}/readings`"""

    path = "/o/{org:str}/a/{action:uuid}/readings"
    opt = EDIT

    @post("/")
    async def measure(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Note a measured value of the indicator."""
        raw = await form_of(request)
        errors: Errors = {}
        on, value = read_past_day(raw, "on", actor, errors), read_figure(raw, "value", errors)
        if value is None:
            errors.setdefault("value", _("Write a number"))
        if errors or on is None or value is None:
            return await action_page(request, actor, peers, action, Trouble("measure", errors, raw))
        await acting.measure(actor, action, on, value, op_of(raw))
        return _back(actor, action, "kpi", _("The measure is saved."))

    @post("/{reading:uuid}/remove")
    async def unmeasure(
        self, actor: NamedDependency[Actor], action: FromPath[UUID], reading: FromPath[UUID]
    ) -> Response:
        """Take a measured value back."""
        await acting.unmeasure(actor, action, reading)
        return _back(actor, action, "kpi", _("The measure is taken back."))


def read_past_day(raw: Raw, name: str, actor: Actor, errors: Errors) -> date | None:
    """A day that has come; None with an error noted."""
    on = read_date(raw, name, errors)
    if on is None:
        errors.setdefault(name, _("Give the day"))
    elif on > today(actor.person.time_zone):
        errors[name] = _("This day has not come yet")
    return on


class Steps(Controller):
    """`/o/{org}/a/{action}/steps`"""

    path = "/o/{org:str}/a/{action:uuid}/steps"
    opt = EDIT

    @post("/", opt=MAKE)
    async def add(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Add a step at the end."""
        raw = await form_of(request)
        errors = {} if raw.get("step") else {"step": _("Write the step")}
        try:
            if not errors:
                await stepping.add_step(actor, action, raw["step"], op_of(raw))
                return _back(actor, action, "steps", _("The step is added."))
        except UnacceptableSteps as refused:
            errors = {"step": steps_fault_words(refused.rule)}
        return await action_page(request, actor, peers, action, Trouble("step", errors, raw))

    @post("/{step:uuid}/tick")
    async def tick(
        self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID], step: FromPath[UUID]
    ) -> Response:
        """Say that a step is done, or to be done again."""
        done = (await form_of(request)).get("done") == "yes"
        await stepping.tick(actor, action, step, done=done)
        if not is_htmx(request):
            return _back(actor, action, "steps", "")
        answer = await _ticked(request, actor, action, done)
        answer.headers["hx-trigger-after-settle"] = f'{{"focus-on": "tick-{step}"}}'
        return answer

    @post("/all", opt=MAKE)
    async def rewrite(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Replace the steps, one a line."""
        raw = await form_of(request)
        errors: Errors = {}
        theirs = None
        try:
            await stepping.rewrite(actor, action, steps_in(raw.get("steps", "")), raw.get("seal", ""))
            return _back(actor, action, "steps", _("The steps are saved."))
        except UnacceptableSteps as refused:
            errors = {"steps-text": steps_fault_words(refused.rule)}
        except StepsChangedMeanwhile as changed:
            theirs = changed.steps
        trouble = Trouble("steps", errors, raw, steps=theirs)
        return await action_page(request, actor, peers, action, trouble)


async def _ticked(request: Request, actor: Actor, action: UUID, done: bool) -> Template:
    """The checklist and the history as the page fetched anew would show them."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        steps = (await store.checklists_of(actor, [action])).get(action, [])
        talked = await cards(actor, row)
    return page(
        request, "action_plans/ticked.html", action=row, steps=steps, seal=seal_of([one.text for one in steps]), makes=makes(actor),
        told=_("Done") if done else _("To do again"), org=f"/o/{actor.organisation.slug}", editable=True, trouble=CALM,
        errors={}, sent={"step": {}, "steps": {}}, **talked,
    )  # fmt: skip


class Waiting(Controller):
    """`/o/{org}/a/{action}/waits`"""

    path = "/o/{org:str}/a/{action:uuid}/waits"
    opt = EDIT

    @post("/", opt=MAKE)
    async def wait(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Make the action wait for another one."""
        raw = await form_of(request)
        errors: Errors = {}
        if not raw.get("requires"):
            errors["requires"] = _("Choose an action of the list")
        try:
            if not errors:
                await waiting.wait_for(actor, action, uuid_of(raw, "requires"), op_of(raw))
                return _back(actor, action, "waits", _("The action waits for it."))
        except InACircle:
            errors["requires"] = _("That action already waits for this one: they would wait for each other")
        return await action_page(request, actor, peers, action, Trouble("wait", errors, raw))

    @post("/remove")
    async def stop(self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID]) -> Response:
        """The action no longer waits for another one."""
        await waiting.stop_waiting(actor, action, uuid_of(await form_of(request), "requires"))
        return _back(actor, action, "waits", _("The action no longer waits for it."))


class Reviews(Controller):
    """`/o/{org}/a/{action}/reviews`"""

    path = "/o/{org:str}/a/{action:uuid}/reviews"
    opt = EDIT

    @post("/")
    async def review(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        action: FromPath[UUID],
    ) -> Response:
        """Note what a review found."""
        raw = await form_of(request)
        errors: Errors = {}
        on = read_past_day(raw, "review-on", actor, errors)
        words = raw.get("words", "")
        if len(words) > LONGEST["finding"]:
            errors["words"] = fault_words(Fault("finding", "too_long"))
        stage = Stage(raw["stage"]) if raw.get("stage") in set(Stage) else Stage.CHECK
        conflict = None
        try:
            if not errors and on:
                await reviewing.review(actor, action, Look(on, stage, words), revision_of(raw), op_of(raw))
                return _back(actor, action, "reviews", _("The review is noted."))
        except ChangedMeanwhile as changed:
            conflict = changed
        trouble = Trouble("review", errors, raw, conflict)
        return await action_page(request, actor, peers, action, trouble)


def _back(actor: Actor, action: UUID, part: str, told: str) -> Response:
    return see_other(f"/o/{actor.organisation.slug}/a/{action}#{part}", notice=told)


PAGES = [Measures, Steps, Waiting, Reviews]
