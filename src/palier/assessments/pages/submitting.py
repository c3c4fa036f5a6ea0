"""Checking the answers, submitting them, and the receipt."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from palier.assessments import store
from palier.assessments.consent_wording import wording
from palier.assessments.flows import sheets, submitting
from palier.assessments.flows.reopening import load_states
from palier.assessments.flows.second_look import quality_flags
from palier.assessments.pages.answering import round_path
from palier.assessments.pages.wording import remark_reasons, second_look
from palier.assessments.rules.checking import Remark, Section, blocking, check, counts
from palier.assessments.rules.finished import FinishedWork
from palier.assessments.value_wording import VALUES
from palier.evidence.flows.reading import evidence_standing
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.respondents import store as respondents

READ, SUBMIT = needs(Permission.READ), needs(Permission.SUBMIT)


class Submitting(Controller):
    """`/o/{org}/e/{assessment}/check`, `/submit`, `/receipt`"""

    path = "/o/{org:str}/e/{assessment:str}"

    @get("/check", opt=READ)
    async def look(
        self, request: Request, actor: NamedDependency[Actor], finished: NamedDependency[FinishedWork],
        assessment: FromPath[str],
    ) -> Template:  # fmt: skip
        async with reading(actor):
            desk, sections = await _checked(actor, assessment)
            found = await quality_flags(actor, assessment, finished)
            waiting = await _waiting_for(desk.assessment)
        return page(
            request, "assessments/check.html", nav="assessments", desk=desk, assessment=desk.assessment,
            questionnaire=desk.questionnaire, sections=sections, counts=counts(sections), Remark=Remark,
            blocking=blocking(sections), reasons=remark_reasons(), waiting=waiting,
            second_look=[second_look(flag, desk.questionnaire) for flag in found],
            may_answer=actor.may(Permission.ANSWER), may_submit=actor.may(Permission.SUBMIT), **VALUES,
            today=clock.today(actor.person.time_zone),
        )  # fmt: skip

    @get("/submit", opt=SUBMIT)
    async def confirm(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        return await _confirm(request, actor, assessment, {"name": actor.person.name, "consent": ""})

    @post("/submit", opt=SUBMIT)
    async def submit(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        """The act itself. Sent twice, both are led to the one receipt."""
        raw = await form_of(request)
        async with reading(actor):
            desk = await sheets.load_desk(actor, assessment)
            asked = await networks_reached(actor, desk.assessment)
        errors = {} if desk.frozen else _errors(raw, asks_consent=bool(asked))
        if errors:
            return await _confirm(request, actor, assessment, raw, errors)
        consent = raw["consent"] == "yes" if asked and not desk.frozen else None
        try:
            await submitting.submit(actor, assessment, name=raw.get("name", ""), consent=consent)
        except submitting.Unfinished:
            return see_other(f"{round_path(actor, assessment)}/check")
        except submitting.GivenUp:
            return see_other(f"{round_path(actor, assessment)}/reopen")
        return see_other(f"{round_path(actor, assessment)}/receipt")

    @get("/receipt", opt=READ)
    async def receipt(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        async with reading(actor):
            desk = await sheets.load_desk(actor, assessment)
            consents = await store.consents_of(desk.assessment)
            states = await load_states(desk.assessment)
        if desk.assessment.submitted_at is None:
            return see_other(round_path(actor, assessment))
        return page(
            request, "assessments/receipt.html", nav="assessments", desk=desk, assessment=desk.assessment,
            questionnaire=desk.questionnaire, consents=consents, states=states,
            reopening=states.reopening_of(desk.assessment),
        )  # fmt: skip


async def networks_reached(actor: Actor, assessment: store.Assessment) -> list[str]:
    """Names of the networks whose benchmark this round could join: those of its campaign."""
    if assessment.campaign_id is None:
        return []
    rows = await select(
        "select n.name from network n join campaign c on c.network_id = n.id where c.id = $1",
        assessment.campaign_id,
    )
    return [row["name"] for row in rows]


async def _checked(actor: Actor, slug: str) -> tuple[sheets.Desk, tuple[Section, ...]]:
    desk = await sheets.load_desk(actor, slug)
    rows = await sheets.written_by(desk.assessment, desk.assessment.respondent(actor))
    before = await sheets.load_last_round(actor, desk.assessment)
    drafts = {code: sheets.draft_of(row) for code, row in rows.items()}
    held = await evidence_standing(actor, desk.assessment.id, clock.today(actor.person.time_zone))
    expired = [code for code, standing in held.items() if standing.all_expired]
    return desk, check(desk.questionnaire, drafts, before.levels if before else {}, expired)


async def _waiting_for(assessment: store.Assessment) -> tuple[int, int]:
    """While everybody answers alone: how many have answered something, and how many of those asked have not."""
    if not assessment.blind:
        return 0, 0
    given = {row.person_id for row in await respondents.given_to(assessment.id)}
    asked = (await respondents.respondents_of(assessment.id)).keys()
    return len(given), len(asked - given)


def _errors(raw: dict[str, str], *, asks_consent: bool) -> dict[str, str]:
    errors = {}
    if not raw.get("name"):
        errors["name"] = _("Say who commits the organisation")
    elif len(raw["name"]) > 120:
        errors["name"] = _("120 characters at most")
    if asks_consent and raw.get("consent") not in ("yes", "no"):
        errors["consent"] = _("Choose whether the scores join the benchmark")
    return errors


async def _confirm(
    request: Request, actor: Actor, slug: str, values: dict[str, str], errors: dict[str, str] | None = None
) -> Redirect | Template:
    async with reading(actor):
        desk, sections = await _checked(actor, slug)
        networks = await networks_reached(actor, desk.assessment)
    found = counts(sections)
    if desk.frozen:
        return see_other(f"{round_path(actor, slug)}/receipt")
    if blocking(sections) or desk.assessment.blind:
        return see_other(f"{round_path(actor, slug)}/check")
    return page(
        request, "assessments/submit.html", nav="assessments", status_code=422 if errors else 200, desk=desk,
        assessment=desk.assessment, questionnaire=desk.questionnaire, counts=found, Remark=Remark, networks=networks,
        left_out=[row for section in sections for row in section.criteria if Remark.NOT_APPLICABLE in row.remarks],
        values={"consent": "", **values}, errors=errors or {}, wording=wording(), paragraphs=wording().paragraphs(current()),
    )  # fmt: skip


PAGES: list[ControllerRouterHandler] = [Submitting]
