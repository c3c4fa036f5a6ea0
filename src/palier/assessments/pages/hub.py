"""The rounds of an organisation: the list, choosing a questionnaire, setting a round up, and the round's task list."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments import store
from palier.assessments.flows import answering, carrying, proposing, reopening, sheets
from palier.assessments.flows.marking import marks_of
from palier.assessments.pages.answering import entries, round_path, walks
from palier.assessments.rules.progress import minutes_left
from palier.assessments.store import Assessment, Campaign
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import check_opens
from palier.foundation.web import form_of, page, parse, see_other
from palier.questionnaires.catalogue import UnknownQuestionnaire
from palier.questionnaires.flows.offering import offered, offered_as
from palier.questionnaires.rules import Questionnaire

READ, RUN = needs(Permission.READ), needs(Permission.RUN_ASSESSMENT)


@dataclass(frozen=True, slots=True)
class Offer:
    """A questionnaire to choose: the round it was last used for, the campaigns that call for it now."""

    questionnaire: Questionnaire
    last: Assessment | None
    campaigns: list[Campaign]
    source: carrying.Source | None = None
    """The submitted round the next one starts from."""


class SetUp(msgspec.Struct, frozen=True):
    """The set-up form, dates apart."""

    op: UUID
    name: str
    campaign: str = ""
    mode: store.Mode = store.Mode.TOGETHER
    names: str = ""
    source: str = ""
    team: str = ""
    assigned: str = ""
    evidence: str = ""

    @property
    def wanted(self) -> carrying.Wanted | None:
        """What is carried over from the round before, if there is one."""
        if not self.source:
            return None
        return carrying.Wanted(
            self.source, self.team == "yes", self.assigned == "yes", self.evidence == "yes"
        )


class Rounds(Controller):
    """`/o/{org}/assessments`"""

    path = "/o/{org:str}/assessments"

    @get("/", opt=READ)
    async def every_round(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        async with reading(actor):
            rounds = await sheets.load_desks(actor, await store.visible_assessments(actor))
        return page(
            request, "assessments/list.html", nav="assessments", rounds=rounds,
            today=clock.today(actor.person.time_zone), may_run=actor.may(Permission.RUN_ASSESSMENT),
        )  # fmt: skip

    @get("/new", opt=RUN)
    async def choose(
        self, request: Request, actor: NamedDependency[Actor], before: Annotated[str, QueryParameter(name="from")] = ""
    ) -> Response:  # fmt: skip
        """Every questionnaire; with `?from=` the next round of that one."""
        async with reading(actor):
            if before:
                known = await store.assessment_by_slug(actor, before)
                return see_other(
                    f"/o/{actor.organisation.slug}/assessments/new/{known.questionnaire}?from={before}"
                )
            latest = {row.questionnaire: row for row in reversed(await store.visible_assessments(actor))}
            today = clock.today(actor.person.time_zone)
            offers = [
                Offer(one, latest.get(one.id), await store.open_campaigns(actor, one, today), None)
                for one in await offered(actor)
            ]
        return page(request, "assessments/choose.html", nav="assessments", offers=offers)

    @get("/new/{code:str}", opt=RUN)
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], code: FromPath[str],
        before: Annotated[str, QueryParameter(name="from")] = "",
    ) -> Template:  # fmt: skip
        async with reading(actor):
            offer = await _offer(actor, await _known(actor, code), before)
        check_opens(actor, offer.questionnaire.id)
        today = clock.today(actor.person.time_zone)
        values = {"name": str(today.year), "opens": today, "closes": None, "campaign": ""}
        values |= {
            "mode": store.Mode.TOGETHER,
            "names": "yes",
            "team": "yes",
            "assigned": "yes",
            "evidence": "yes",
        }
        values["dimensions"] = [item.code for item in offer.questionnaire.dimensions]
        if offer.campaigns:
            first = offer.campaigns[0]
            values |= {"campaign": str(first.id), "closes": first.closes_on}
        return _set_up(request, offer, values)

    @post("/new/{code:str}", opt=RUN)
    async def open_round(
        self, request: Request, actor: NamedDependency[Actor], code: FromPath[str]
    ) -> Response:
        raw = await form_of(request)
        async with reading(actor):
            offer = await _offer(actor, await _known(actor, code), raw.get("source", ""))
        form, errors = parse(SetUp, raw)
        dates, wrong = _dates(raw)
        campaign = next((c for c in offer.campaigns if str(c.id) == raw.get("campaign")), None)
        scope = _ticked(raw, offer.questionnaire)
        errors = _errors(raw, errors) | wrong | _clash(dates, campaign) | _nothing_asked(scope)
        if errors or form is None:
            return _set_up(request, offer, _as_typed(raw) | {"dimensions": scope}, errors, status_code=422)
        opened = await answering.open_assessment(
            actor, offer.questionnaire.within(scope), name=form.name, opens_on=dates["opens"] or clock.today(),
            closes_on=dates["closes"], campaign=campaign, mode=form.mode, op=form.op,
            names_shown=form.names == "yes" or form.mode is store.Mode.TOGETHER, wanted=form.wanted,
        )  # fmt: skip
        return see_other(round_path(actor, opened.slug))


@get("/o/{org:str}/e/{assessment:str}", opt=READ)
async def task_list(request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]) -> Template:
    """The round's hub: where everything stands and what comes next."""
    async with reading(actor):
        desk = await sheets.load_desk(actor, assessment)
        ask = [] if actor.may(Permission.ANSWER) else await sheets.people_to_ask(actor)
        offered = await proposing.load_offered(actor, desk) if actor.may(Permission.ANSWER) else None
        assignees = await sheets.assignees(actor, desk)
        states = await reopening.load_states(desk.assessment)
        marks = await marks_of(actor, desk.assessment)
    progress = desk.progress
    return page(
        request, "assessments/hub.html", nav="assessments", desk=desk, assessment=desk.assessment,
        questionnaire=desk.questionnaire, progress=progress, entries=entries(desk), walks=walks(desk), ask=ask, marks=marks,
        offered=offered,
        minutes=minutes_left(desk.questionnaire, progress.total), today=clock.today(actor.person.time_zone),
        may_answer=actor.may(Permission.ANSWER), may_submit=actor.may(Permission.SUBMIT),
        assignees=assignees, only_mine=bool(desk.mine) and "mine" in request.query_params, reopening=states.reopening_of(desk.assessment),
    )  # fmt: skip


async def _known(actor: Actor, code: str) -> Questionnaire:
    try:
        return await offered_as(actor, code)
    except UnknownQuestionnaire:
        raise NotFoundException from None


async def _offer(actor: Actor, questionnaire: Questionnaire, before: str) -> Offer:
    """`before`: the round the next one starts from ("": the last one)."""
    last = await store.visible_assessments(actor).filter(questionnaire=questionnaire.id).first()
    today = clock.today(actor.person.time_zone)
    source = await carrying.load_source(actor, questionnaire, before)
    return Offer(questionnaire, last, await store.open_campaigns(actor, questionnaire, today), source)


def _set_up(
    request: Request, offer: Offer, values: dict[str, Any], errors: dict[str, str] | None = None, status_code: int = 200,
) -> Template:  # fmt: skip
    return page(
        request, "assessments/set_up.html", nav="assessments", status_code=status_code, offer=offer, values=values,
        questionnaire=offer.questionnaire, errors=errors or {}, new_op=new_id(),
    )  # fmt: skip


def _as_typed(raw: dict[str, str]) -> dict[str, Any]:
    dates = {
        name: tuple(raw.get(f"{name}-{part}", "") for part in ("day", "month", "year"))
        for name in ("opens", "closes")
    }
    typed = ("name", "campaign", "mode", "names", "team", "assigned", "evidence")
    return {name: raw.get(name, "") for name in typed} | dates


def _ticked(raw: dict[str, str], questionnaire: Questionnaire) -> list[str]:
    """Codes of the dimensions to assess: all of them for a form that does not ask."""
    every = [item.code for item in questionnaire.dimensions]
    return [code for code in every if f"dimension-{code}" in raw] if "scoped" in raw else every


def _nothing_asked(scope: list[str]) -> dict[str, str]:
    return {} if scope else {"dimensions": _("Choose at least one dimension")}


def _errors(raw: dict[str, str], errors: dict[str, str]) -> dict[str, str]:
    if len(raw.get("name", "")) > 120:
        return errors | {"name": _("120 characters at most")}
    if "mode" in errors:
        errors |= {"mode": _("Choose how the round is answered")}
    return errors | ({"name": _("Give the round a name, such as the year")} if "name" in errors else {})


def _dates(raw: dict[str, str]) -> tuple[dict[str, date | None], dict[str, str]]:
    """Both dates, None where nothing was typed, and what is wrong with them."""
    dates: dict[str, date | None] = {}
    errors: dict[str, str] = {}
    for name in ("opens", "closes"):
        typed = [raw.get(f"{name}-{part}", "") for part in ("year", "month", "day")]
        try:
            dates[name] = date(*map(int, typed)) if any(typed) else None
        except ValueError:
            dates[name] = None
            errors[name] = _("This date does not exist. Write it like 28 11 2026")
    if not errors and dates["closes"] and dates["opens"] and dates["closes"] < dates["opens"]:
        errors["closes"] = _("The closing date comes before the opening date")
    return dates, errors


def _clash(dates: dict[str, date | None], campaign: Campaign | None) -> dict[str, str]:
    closes = dates.get("closes")
    if campaign and closes and closes > campaign.closes_on:
        return {"closes": _("The campaign closes before this date: choose its last day or an earlier one")}
    return {}


PAGES: list[ControllerRouterHandler] = [Rounds, task_list]
