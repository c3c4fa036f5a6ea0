"""One criterion a page, saved as it is answered; and a whole section at once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.assessments.flows import answering, proposing, sheets
from palier.assessments.flows.answering import Outcome, Saved, Unacceptable
from palier.assessments.flows.backing import load_backing
from palier.assessments.flows.discussing import counts
from palier.assessments.flows.marking import marks_of
from palier.assessments.pages.around import around
from palier.assessments.pages.backing import card_context
from palier.assessments.pages.wording import grades, sentences
from palier.assessments.rules.asked import conditions
from palier.assessments.rules.assigned import assigned
from palier.assessments.rules.drafts import Draft, read_draft
from palier.assessments.rules.ladder import next_level
from palier.assessments.rules.progress import (
    NOTHING,
    Only,
    States,
    entry,
    first_stop,
    left_among,
    next_stop,
    progress,
)
from palier.assessments.rules.value_fields import typed_fields
from palier.assessments.store import Unknown
from palier.assessments.value_wording import VALUES, fields_for, turn_words
from palier.foundation import clock, language
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.questionnaires.rules import Questionnaire

READ, ANSWER = needs(Permission.READ), needs(Permission.ANSWER)
SAVE = ANSWER | {"counted": "saves"}
TOO_LATE = (Outcome.SUBMITTED, Outcome.OPENED)
"""The answer no longer changes this way."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form as it was sent: the draft, this save's own id, the revision it is based on, saves that went unanswered.

    `fields` are those of a value, as typed: they are shown again when it cannot be used.
    """

    draft: Draft
    op: UUID
    base: int
    tried: tuple[UUID, ...]
    fields: Mapping[str, str]


def attempt_of(raw: Mapping[str, str]) -> Attempt:
    """Read the hidden fields strictly. Raises Unknown for a form that is not ours."""
    try:
        tried = tuple(UUID(word) for word in raw.get("tried", "").split()[-20:])
        # "Keep mine" sends the other person's revision under its own name: it was seen, and is overruled.
        base = int(raw.get("keep") or raw.get("rev") or 0)
        draft = read_draft(raw, language.current())
        return Attempt(draft, UUID(raw["op"]), base, tried, typed_fields(raw))
    except (KeyError, ValueError):
        raise Unknown("form") from None


def written_by_another(raw: Mapping[str, str], actor: Actor) -> bool:
    """Whether the form was filled in by somebody else than who is signed in: the session changed hands in another tab."""
    return raw.get("by", str(actor.person_id)) != str(actor.person_id)


def round_path(actor: Actor, slug: str) -> str:
    """Where the round lives."""
    return f"/o/{actor.organisation.slug}/e/{slug}"


class CriterionPage(Controller):
    """`/o/{org}/e/{assessment}/q/{code}`"""

    path = "/o/{org:str}/e/{assessment:str}/q/{code:str}"

    @get("/", opt=READ)
    async def show(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Template:
        async with reading(actor):
            sheet = await sheets.load_sheet(actor, assessment, code)
            may_answer = actor.may(Permission.ANSWER)
            ask = [] if may_answer else await sheets.people_to_ask(actor)
            offered = await proposing.load_offered(actor, sheet.desk, code) if may_answer else None
            backing = await load_backing(actor, sheet.desk.assessment, code)
            beside = await around(actor, sheet.desk.assessment, code)
        if code not in sheet.desk.questionnaire.index.positions:
            return _not_asked(request, actor, sheet)
        return _criterion(request, actor, sheet, ask=ask, offered=offered, backing=backing, **beside)

    @patch("/", opt=SAVE | {"proves": True})
    async def autosave(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Template:
        """A background save: answers with the parts of the page that changed, out of band."""
        raw = await form_of(request)
        if written_by_another(raw, actor):
            return page(request, "assessments/saving_elsewhere.html", status_code=412)
        attempt = attempt_of(raw)
        try:
            saved = await _save(actor, assessment, code, attempt)
        except Unacceptable as refused:
            return page(
                request, "assessments/saving_refused.html", status_code=422, sentences=sentences(refused),
                criterion=refused.criterion,
            )  # fmt: skip
        if saved.stands:
            return await _saved(request, actor, assessment, saved, row="row" in raw)
        if saved.outcome in TOO_LATE:
            return _fragment(request, "assessments/saving_too_late.html", saved, status_code=423)
        return _fragment(request, "assessments/saving_conflict.html", saved, status_code=409, mine=saved.sent)

    @post("/", opt=SAVE)
    async def save_and_go_on(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Response:
        """The form itself: Continue, and every save without JavaScript."""
        raw = await form_of(request)
        attempt = attempt_of(raw)
        if written_by_another(raw, actor):
            return await _again(request, actor, assessment, code, attempt, elsewhere=True, status_code=412)
        try:
            saved = await _save(actor, assessment, code, attempt)
        except Unacceptable as refused:
            errors = sentences(refused)
            return await _again(request, actor, assessment, code, attempt, errors=errors, status_code=422)
        if saved.outcome in TOO_LATE:
            return await _again(request, actor, assessment, code, attempt, too_late=True, status_code=423)
        if saved.outcome is Outcome.CONFLICT:
            return await _again(
                request, actor, assessment, code, attempt, theirs=saved, answer=saved.sent, status_code=409
            )
        if "row" in raw:
            return see_other(f"{round_path(actor, assessment)}/s/{saved.criterion.element_code}#{code}")
        if raw.get("keep"):
            return see_other(f"{round_path(actor, assessment)}/q/{code}")
        mine = await _mine(request, actor, assessment, saved)
        return _onwards(request, actor, assessment, code, saved, mine)


@get("/o/{org:str}/e/{assessment:str}/s/{section:str}", opt=READ)
async def section_list(
    request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], section: FromPath[str]
) -> Template:
    """A whole section for reviewers and fast writers: one row, one form, one save per criterion."""
    async with reading(actor):
        sheet = await sheets.load_section(actor, assessment, section)
        ask = [] if actor.may(Permission.ANSWER) else await sheets.people_to_ask(actor)
        talks, marks = await counts(sheet.desk.assessment), await marks_of(actor, sheet.desk.assessment)
    desk = sheet.desk
    return page(
        request, "assessments/section.html", nav="assessments", desk=desk, assessment=desk.assessment,
        questionnaire=desk.questionnaire, element=sheet.element, answers=sheet.answers, before=sheet.before,
        progress=desk.progress, entries=entries(desk), walks=walks(desk), only=None, ask=ask, new_id=new_id,
        editable=editable(actor, desk), today=clock.today(actor.person.time_zone),
        neighbours=_neighbours(desk, section), talks=talks, mark=marks.get(section), **VALUES,
    )  # fmt: skip


def editable(actor: Actor, desk: sheets.Desk) -> bool:
    """Whether the answering screens are forms. Opened answers are changed by agreement alone."""
    return actor.may(Permission.ANSWER) and not desk.frozen and not desk.agreeing


def _neighbours(desk: sheets.Desk, code: str) -> tuple[str | None, str | None]:
    """The sections before and after."""
    codes = [None, *(element.code for element in desk.questionnaire.elements), None]
    place = codes.index(code)
    return codes[place - 1], codes[place + 1]


async def _save(actor: Actor, slug: str, code: str, attempt: Attempt) -> Saved:
    return await answering.answer_criterion(
        actor, slug, code, attempt.draft, op=attempt.op, base=attempt.base, tried=attempt.tried
    )


def _only(request: Request) -> Only | None:
    with suppress(ValueError):
        return Only(request.query_params.get("only", ""))
    return None


def _onwards(
    request: Request, actor: Actor, slug: str, code: str, saved: Saved, mine: frozenset[str]
) -> Response:
    """Where Continue leads: back to the check it came from, along the walk, or to the check when nothing is left."""
    path, turned = round_path(actor, slug), " ".join(turn_words(saved.turn))
    if code not in saved.questionnaire.index.positions:
        return see_other(path, notice=_("Your answer is kept. This criterion is not asked at present."))
    if request.query_params.get("back") == "check":
        return see_other(f"{path}/check#{code}", notice=turned)
    only = _only(request)
    if following := next_stop(saved.questionnaire, saved.states, code, only or Only.BLANK, mine):
        return see_other(f"{path}/q/{following}{f'?only={only}' if only else ''}", notice=turned)
    if saved.states.get(code, NOTHING).state == "blank":
        return see_other(path, notice=_("This criterion is the only one without an answer."))
    return see_other(
        path if only in (Only.REVIEW, Only.MINE) else f"{path}/check", notice=_nothing_left(only)
    )


def _nothing_left(only: Only | None) -> str:
    if only is Only.MINE:
        return _("Everything assigned to you has an answer.")
    return (
        _("Nothing else is marked to review.") if only is Only.REVIEW else _("Every criterion has an answer.")
    )


def _criterion(request: Request, actor: Actor, sheet: sheets.Sheet, **shown: object) -> Template:
    """The page; `shown` overrides what a form that was not accepted must show again."""
    desk, code = sheet.desk, sheet.criterion.code
    # A form on a criterion that somebody's answer hid meanwhile is shown again among all the others.
    questionnaire = desk.questionnaire if code in desk.questionnaire.index.positions else desk.whole
    only = _only(request)
    context: dict[str, Any] = {
        "desk": desk, "assessment": desk.assessment, "questionnaire": questionnaire, "criterion": sheet.criterion,
        "element": questionnaire.element_of(code), "answer": sheet.answer, "revision": sheet.revision,
        "history": sheet.history, "before": sheet.before, "progress": progress(questionnaire, desk.states),
        "previous": questionnaire.previous(code), "only": only, "back": request.query_params.get("back") == "check",
        "editable": editable(actor, desk), "said": sheet.said, "op": new_id(), "errors": {}, "theirs": None,
        "too_late": False, "grades": grades(), "ask": [], "entries": _entries(questionnaire, desk.states),
        "walks": walks(desk), "tried": "", "today": clock.today(actor.person.time_zone), "row": False, "offered": None,
        "elsewhere": False,
        "fields": fields_for(sheet.criterion, sheet.answer.value),
    }  # fmt: skip
    context |= VALUES | card_context() | shown
    context["next_parts"] = next_level(sheet.criterion, context["answer"].level, language.current())
    status = context.pop("status_code", 200)
    return page(request, "assessments/criterion.html", nav="assessments", status_code=status, **context)


async def _again(
    request: Request, actor: Actor, slug: str, code: str, attempt: Attempt, **shown: object
) -> Template:
    """The page with what was typed, because it could not be saved."""
    async with reading(actor):
        sheet = await sheets.load_sheet(actor, slug, code)
        backing = await load_backing(actor, sheet.desk.assessment, code)
        beside = await around(actor, sheet.desk.assessment, code)
    kept = beside | {
        "backing": backing, "answer": attempt.draft, "revision": attempt.base, "tried": " ".join(map(str, attempt.tried)),
        "fields": attempt.fields,
    }  # fmt: skip
    return _criterion(request, actor, sheet, **(kept | shown))


def entries(desk: sheets.Desk) -> dict[str, str]:
    """The criterion each element's link opens."""
    return _entries(desk.questionnaire, desk.states)


def _entries(questionnaire: Questionnaire, states: States) -> dict[str, str]:
    return {element.code: entry(element, states) for element in questionnaire.elements}


def _not_asked(request: Request, actor: Actor, sheet: sheets.Sheet) -> Template:
    """A criterion that a condition hides: what would show it, and what was answered before."""
    desk, code = sheet.desk, sheet.criterion.code
    wanted = [
        (desk.whole.criterion(other), level)
        for other, level in conditions(desk.whole, code, desk.states).items()
    ]
    return page(
        request, "assessments/not_asked.html", nav="assessments", desk=desk, assessment=desk.assessment,
        questionnaire=desk.questionnaire, criterion=sheet.criterion, answer=sheet.answer, wanted=wanted,
        today=clock.today(actor.person.time_zone), **VALUES,
    )  # fmt: skip


async def _saved(request: Request, actor: Actor, slug: str, saved: Saved, *, row: bool) -> Template:
    """What a background save changes; where it shows or hides rows of the section on the page, those too."""
    section: sheets.SectionSheet | None = None
    said: tuple[sheets.Said, ...] = ()
    if (row and saved.turn) or (saved.alone and not row):
        async with reading(actor):
            if row:
                section = await sheets.load_section(actor, slug, saved.criterion.element_code)
            else:
                said = (await sheets.load_sheet(actor, slug, saved.criterion.code)).said
    mine = await _mine(request, actor, slug, saved)
    return _fragment(
        request, "assessments/saving_saved.html", saved, row=row, section_sheet=section, said=said, walks=_walks(saved, mine),
        assigned_left=left_among(saved.states, mine) if mine else None,
    )  # fmt: skip


def walks(desk: sheets.Desk) -> dict[str, str | None]:
    """Where the filters begin, None when nothing matches."""
    return {only.value: first_stop(desk.questionnaire, desk.states, only, desk.mine) for only in Only}


def _fragment(
    request: Request, template: str, saved: Saved, status_code: int = 200, **context: object
) -> Template:
    """The parts of the page that one save changes. Rows of the section list send `row`: they have no rail."""
    criterion, code = saved.criterion, saved.criterion.code
    is_asked = code in saved.questionnaire.index.positions
    questionnaire = saved.questionnaire if is_asked else saved.whole
    element = questionnaire.element_of(code)
    path = request.url.path.rstrip("/")
    shown = questionnaire.elements if saved.turn else (element,)
    return page(
        request, template, status_code=status_code, saved=saved, theirs=saved, criterion=criterion, element=element,
        answer=saved.answer, progress=progress(questionnaire, saved.states), revision=saved.revision, is_asked=is_asked,
        history=saved.history, entries={one.code: entry(one, saved.states) for one in shown},
        next_parts=next_level(criterion, saved.answer.level, language.current()), now=clock.now(), op=new_id(),
        address=path, round=path.partition("/q/")[0], questionnaire=questionnaire, new_id=new_id, **VALUES, **context,
    )  # fmt: skip


def _walks(saved: Saved, mine: frozenset[str]) -> dict[str, str | None]:
    return {only.value: first_stop(saved.questionnaire, saved.states, only, mine) for only in Only}


async def _mine(request: Request, actor: Actor, slug: str, saved: Saved) -> frozenset[str]:
    """What is assigned to whoever saved. Only a form that says so is worth the question: a save is one round trip."""
    if "assigned" not in await form_of(request):
        return frozenset()
    async with reading(actor):
        return assigned(saved.questionnaire, await sheets.codes_assigned(actor, slug))


PAGES: list[ControllerRouterHandler] = [CriterionPage, section_list]
