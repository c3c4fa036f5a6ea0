"""Opening the answers, the order of the day, one criterion on the wall, medians in one go."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments.flows.answering import Outcome, Saved, Unacceptable
from palier.assessments.flows.sheets import draft_of, load_last_round
from palier.assessments.pages.answering import Attempt, attempt_of, round_path
from palier.assessments.pages.brought import op_in
from palier.assessments.pages.wording import sentences
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Unknown, answer_of
from palier.assessments.value_wording import VALUES, fields_for
from palier.consensus import wording
from palier.consensus.flows import agreeing
from palier.consensus.flows.meeting import Meeting, load_meeting
from palier.consensus.rules.opened import Opened
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.scoring.rules.respondents import NoConsensus

READ, RUN = needs(Permission.READ), needs(Permission.RUN_ASSESSMENT)
LONGEST_REASON = 2_000
"""Characters of a reason, and of a dissent."""


class Consensus(Controller):
    """`/o/{org}/e/{assessment}/consensus`"""

    path = "/o/{org:str}/e/{assessment:str}/consensus"

    @get("/", opt=READ)
    async def order_of_the_day(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Template:
        """Before the opening, who has answered how much; then what to talk about, the widest gaps first."""
        async with reading(actor):
            meeting = await load_meeting(actor, assessment)
        return _page(request, actor, "consensus/list.html", meeting)

    @post("/open", opt=RUN)
    async def open_answers(self, actor: NamedDependency[Actor], assessment: FromPath[str]) -> Response:
        """Sent twice, the answers are opened once."""
        address = f"{round_path(actor, assessment)}/consensus"
        try:
            alike = await agreeing.open_answers(actor, assessment)
        except agreeing.NobodyAnswered:
            return see_other(address, notice=_("Nobody has answered yet: there is nothing to open."))
        said = ngettext(
            "The answers are open. Everybody said the same about %(num)s criterion: it is agreed on.",
            "The answers are open. Everybody said the same about %(num)s criteria: they are agreed on.",
            alike,
        )
        return see_other(address, notice=said % {"num": alike} if alike else _("The answers are open."))

    @get("/medians", opt=RUN)
    async def medians(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response | Template:
        """What adopting the medians would write, before it is written."""
        async with reading(actor):
            meeting = await load_meeting(actor, assessment)
        if not meeting.one_level_gaps:
            return see_other(f"{round_path(actor, assessment)}/consensus")
        return _page(request, actor, "consensus/medians.html", meeting, op=new_id())

    @post("/medians", opt=RUN)
    async def adopt(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response:
        raw = await form_of(request)
        address = f"{round_path(actor, assessment)}/consensus"
        codes = [name.removeprefix("adopt-") for name in raw if name.startswith("adopt-")]
        try:
            adopted = await agreeing.adopt_medians(
                actor,
                assessment,
                codes,
                reason=_("Median of the answers, one level apart"),
                op=op_in(raw),
            )
        except agreeing.NotOpened:
            return see_other(address)
        said = ngettext("%(num)s median adopted.", "%(num)s medians adopted.", adopted)
        return see_other(address, notice=said % {"num": adopted})

    @get("/{code:str}", opt=READ)
    async def criterion(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Response | Template:
        """One criterion on the wall: everybody's answers side by side, and what is agreed on."""
        return await _wall(request, actor, assessment, code)

    @post("/{code:str}", opt=RUN)
    async def agree(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Response | Template:
        raw = await form_of(request)
        attempt = attempt_of(raw)
        if errors := _too_long(raw):
            return await _wall(request, actor, assessment, code, attempt=attempt, raw=raw, errors=errors)
        try:
            saved = await agreeing.agree(
                actor, assessment, code, attempt.draft, reason=raw.get("why", "").strip(), dissent=_dissent(raw),
                op=attempt.op, base=attempt.base,
            )  # fmt: skip
        except agreeing.NotOpened:
            return see_other(f"{round_path(actor, assessment)}/consensus")
        except Unacceptable as refused:
            return await _wall(
                request, actor, assessment, code, attempt=attempt, raw=raw, errors=sentences(refused)
            )
        except NoConsensus:
            return await _wall(
                request, actor, assessment, code, attempt=attempt, raw=raw, errors=_lacking(attempt.draft)
            )
        if saved.outcome is Outcome.CONFLICT:
            return await _wall(request, actor, assessment, code, attempt=attempt, raw=raw, theirs=saved)
        return await _onwards(actor, assessment, code)


async def _onwards(actor: Actor, slug: str, code: str) -> Response:
    """To the next criterion of the order of the day."""
    async with reading(actor):
        meeting = await load_meeting(actor, slug)
    address = f"{round_path(actor, slug)}/consensus"
    left = meeting.open_codes
    if not left:
        return see_other(address, notice=_("Every criterion is agreed on."))
    return see_other(f"{address}/{left[0]}", notice=_("%(code)s is agreed on.") % {"code": code})


async def _wall(
    request: Request, actor: Actor, slug: str, code: str, *, attempt: Attempt | None = None,
    raw: dict[str, str] | None = None, errors: dict[str, str] | None = None, theirs: Saved | None = None,
) -> Response | Template:  # fmt: skip
    async with reading(actor):
        meeting = await load_meeting(actor, slug)
        if meeting.assessment.blind:
            return see_other(f"{round_path(actor, slug)}/consensus")
        one = _among(meeting, code)
        row = await answer_of(meeting.assessment.id, code)
        before = await load_last_round(actor, meeting.assessment, code)
    answer = attempt.draft if attempt else draft_of(row)
    fields = attempt.fields if attempt else fields_for(one.criterion, answer.value)
    return _page(
        request, actor, "consensus/criterion.html", meeting, status_code=409 if theirs else 422 if errors else 200,
        one=one, criterion=one.criterion, agreed=draft_of(row) if row else Draft(), answer=answer, fields=fields,
        revision=attempt.base if attempt else row.revision if row else 0, before=before, op=new_id(),
        agreement=meeting.agreements.get(code), errors=errors or {}, theirs=theirs, typed=raw or {},
        around=_around(meeting, code), most=LONGEST_REASON,
    )  # fmt: skip


def _among(meeting: Meeting, code: str) -> Opened:
    try:
        return meeting.criteria[code]
    except KeyError:
        raise Unknown("criterion") from None


def _around(meeting: Meeting, code: str) -> tuple[str | None, str | None, int | None]:
    """The criteria before and after on the order of the day, and the place in it; in the questionnaire's once agreed on."""
    codes = list(meeting.open_codes)
    place = codes.index(code) + 1 if code in codes else None
    if place is None:
        codes = [*meeting.criteria]
    at = codes.index(code)
    return (codes[at - 1] if at else None), (codes[at + 1] if at + 1 < len(codes) else None), place


def _dissent(raw: dict[str, str]) -> dict[UUID, str]:
    """What was written under each person's name. Raises Unknown for a form that is not ours."""
    try:
        return {
            UUID(name.removeprefix("dissent-")): words
            for name, words in raw.items()
            if name.startswith("dissent-")
        }
    except ValueError:
        raise Unknown("form") from None


def _too_long(raw: dict[str, str]) -> dict[str, str]:
    texts = {name: raw[name] for name in raw if name == "why" or name.startswith("dissent-")}
    return {name: _("2,000 characters at most") for name, text in texts.items() if len(text) > LONGEST_REASON}


def _lacking(draft: Draft) -> dict[str, str]:
    if draft.state == "blank":
        return {"a1": _("Choose what you agree on")}
    return {"why": _("Say why: the answers lay apart, or this is not what they say together")}


def _page(
    request: Request, actor: Actor, template: str, meeting: Meeting, status_code: int = 200, **context: Any
) -> Template:
    return page(
        request, template, status_code=status_code, nav="assessments", meeting=meeting, words=wording, desk=meeting.desk,
        assessment=meeting.assessment, questionnaire=meeting.questionnaire,
        may_run=actor.may(Permission.RUN_ASSESSMENT) and not meeting.desk.frozen,
        today=clock.today(actor.person.time_zone), **VALUES, **context,
    )  # fmt: skip


PAGES: list[ControllerRouterHandler] = [Consensus]
