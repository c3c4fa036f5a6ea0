"""Who answers a round: the table, adding and inviting people, what is theirs, reminders."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from palier.accounts.pages.entering import too_often
from palier.accounts.throttle import TooManyAttempts
from palier.assessments.pages.answering import round_path
from palier.assessments.store import AssessmentState
from palier.entitlements.wording import seats_short
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, is_htmx, page, see_other
from palier.network.flows.inviting import NotInADemonstration
from palier.network.rules.membership import RoleOutOfReach
from palier.network.seats import NoSeat
from palier.team import wording
from palier.team.flows import asking, reminding
from palier.team.flows.asking import Added, ChangedMeanwhile, Closed, Missed, TooMany
from palier.team.flows.table import Row, Team, due_date, load_team
from palier.team.pages.forms import Errors, codes_in, op_of, plan_of, seen_in, terms_of, wish_of
from palier.team.rules.pasted import ACCEPTED

READ, RUN = needs(Permission.READ), needs(Permission.RUN_ASSESSMENT)
REFUSED = (NotInADemonstration, TooManyAttempts, TooMany, Missed, NoSeat)


class TeamPage(Controller):
    """`/o/{org}/e/{assessment}/team`"""

    path = "/o/{org:str}/e/{assessment:str}/team"

    @get("/", opt=READ)
    async def table(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Template:
        return await _table(request, actor, assessment)

    @post("/add", opt=RUN)
    async def add(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str],
        settings: NamedDependency[Settings],
    ) -> Response | Template:  # fmt: skip
        """A pasted list is shown with what becomes of each line before anything is written."""
        raw = await form_of(request)
        errors: Errors = {}
        wish = wish_of(raw, errors)
        if errors:
            return await _table(request, actor, assessment, errors, raw)
        if wish.pasted and "confirmed" not in raw:
            return await _preview(request, actor, assessment, raw)
        try:
            added = await asking.add(actor, assessment, wish, settings.public_url, op_of(raw))
        except Closed:
            return _closed(actor, assessment)
        except REFUSED as refusal:
            return await _table(request, actor, assessment, _refusal(refusal), raw)
        return see_other(_path(actor, assessment), _added_words(added))

    @post("/reminders", opt=RUN)
    async def plan(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Response | Template:
        raw = await form_of(request)
        errors: Errors = {}
        rhythm, days = plan_of(raw, errors)
        if errors:
            return await _table(request, actor, assessment, errors, raw)
        try:
            await reminding.plan(actor, assessment, rhythm, days)
        except Closed:
            return _closed(actor, assessment)
        return see_other(_path(actor, assessment), _("The reminders of this round are saved."))


class OneAsked(Controller):
    """`…/team/{asked}`: what is said and done about one person, here already or invited."""

    path = "/o/{org:str}/e/{assessment:str}/team/{asked:uuid}"
    opt = RUN

    @post("/")
    async def settle(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        asked: FromPath[UUID],
    ) -> Response | Template:
        """Save the role and the date of one row."""
        raw = await form_of(request)
        errors: Errors = {}
        terms = terms_of(raw, errors)
        theirs = None
        try:
            if not errors:
                await asking.settle(actor, assessment, asked, terms, seen_in(raw))
        except Closed:
            return _closed(actor, assessment)
        except Missed:
            errors["due"] = _missed()
        except ChangedMeanwhile as changed:
            theirs = changed.row
        said = "" if errors or theirs else _("Saved.")
        return await _row_answer(request, actor, assessment, asked, said, errors, raw, theirs)

    @get("/sections")
    async def sections(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        asked: FromPath[UUID],
    ) -> Response | Template:
        async with reading(actor):
            team = await load_team(actor, assessment)
        row = _row_of(team, asked)
        if not _may_manage(actor, team):
            return _closed(actor, assessment)
        return page(request, "team/sections.html", row=row, ticked=row.codes, **_shared(actor, team))

    @post("/sections")
    async def assign(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        asked: FromPath[UUID],
    ) -> Response:
        raw = await form_of(request)
        try:
            await asking.assign(actor, assessment, asked, codes_in(raw))
        except Closed:
            return _closed(actor, assessment)
        return see_other(
            f"{_path(actor, assessment)}#asked-{asked}", _("What this person is asked is saved.")
        )

    @post("/remind")
    async def remind(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        asked: FromPath[UUID],
    ) -> Response | Template:
        try:
            name = await reminding.remind_now(actor, assessment, asked)
        except reminding.RemindedToday:
            said = _("This person has been reminded today already.")
        except reminding.NothingLeft:
            said = _("Nothing is left to answer: nobody was reminded.")
        except NotInADemonstration:
            said = _nobody_is_written_to()
        else:
            said = _("%(name)s is sent a reminder, unless they refuse such letters.") % {"name": name}
        return await _row_answer(request, actor, assessment, asked, said)

    @post("/invite")
    async def send_again(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], asked: FromPath[UUID],
        settings: NamedDependency[Settings],
    ) -> Response | Template:  # fmt: skip
        raw = await form_of(request)
        try:
            await asking.send_again(actor, assessment, asked, settings.public_url, op_of(raw))
        except Closed:
            return _closed(actor, assessment)
        except RoleOutOfReach:
            said = _("An owner or a lead invites people.")
        except REFUSED as refusal:
            said = next(iter(_refusal(refusal).values()))
        else:
            said = _("The invitation is sent again; the earlier link no longer works.")
        return await _row_answer(request, actor, assessment, asked, said)

    @post("/remove")
    async def remove(
        self, actor: NamedDependency[Actor], assessment: FromPath[str], asked: FromPath[UUID]
    ) -> Response:
        try:
            await asking.remove(actor, assessment, asked)
        except Closed:
            return _closed(actor, assessment)
        return see_other(_path(actor, assessment), _("They are no longer asked. What they answered stays."))


def _path(actor: Actor, slug: str) -> str:
    return f"{round_path(actor, slug)}/team"


def _closed(actor: Actor, slug: str) -> Response:
    return see_other(_path(actor, slug), _("The round is submitted: its team does not change any more."))


def _may_manage(actor: Actor, team: Team) -> bool:
    draft = team.work.assessment.state is AssessmentState.DRAFT
    return draft and actor.may(Permission.RUN_ASSESSMENT)


def _row_of(team: Team, asked: UUID) -> Row:
    row = team.row(asked)
    if row is None:
        raise NotFoundException
    return row


async def _table(
    request: Request, actor: Actor, slug: str, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:
    async with reading(actor):
        team = await load_team(actor, slug)
    return page(
        request, "team/team.html", status_code=422 if errors else 200, errors=errors or {}, raw=raw or {},
        ticked=codes_in(raw or {}), **_shared(actor, team), **_calm(),
    )  # fmt: skip


async def _preview(request: Request, actor: Actor, slug: str, raw: dict[str, str]) -> Template:
    lines = await asking.look_at(actor, slug, raw["pasted"])
    async with reading(actor):
        team = await load_team(actor, slug)
    named = [one for one in team.addable if f"person-{one.person_id}" in raw]
    good = sum(line.verdict in ACCEPTED for line in lines) + len(named)
    kept = {
        name: text for name, text in raw.items() if name.startswith(("person-", "code-")) or name == "due"
    }
    return page(
        request, "team/preview.html", lines=lines, good=good, named=named, pasted=raw["pasted"], kept=kept,
        **_shared(actor, team),
    )  # fmt: skip


async def _row_answer(
    request: Request, actor: Actor, slug: str, asked: UUID, said: str, errors: Errors | None = None,
    raw: dict[str, str] | None = None, theirs: asking.Asked | None = None,
) -> Response | Template:  # fmt: skip
    """The row as it stands, or with what was typed, what is wrong and whose change is in the way."""
    refused = bool(errors or theirs)
    if not refused and not is_htmx(request):
        return see_other(f"{_path(actor, slug)}#asked-{asked}", said)
    async with reading(actor):
        team = await load_team(actor, slug)
    trouble = {"trouble": asked, "row_errors": errors or {}, "theirs": theirs, "typed": raw or {}}
    answer = page(
        request, "team/row_answer.html" if is_htmx(request) else "team/team.html",
        status_code=409 if theirs else 422 if errors else 200, row=_row_of(team, asked), told=said, errors={}, raw={},
        ticked=(), **_shared(actor, team), **trouble if refused else _calm(),
    )  # fmt: skip
    answer.headers["hx-trigger-after-settle"] = f'{{"focus-on": "save-{asked}"}}'  # its button may be gone
    return answer


def _calm() -> dict[str, Any]:
    """No row is in trouble."""
    return {"trouble": None, "row_errors": {}, "theirs": None, "typed": {}}


def _shared(actor: Actor, team: Team) -> dict[str, Any]:
    return {
        "nav": "assessments", "team": team, "assessment": team.work.assessment, "questionnaire": team.work.whole,
        "here": _path(actor, team.work.assessment.slug), "words": wording, "manages": _may_manage(actor, team),
        "may_invite": actor.may(Permission.MANAGE_PEOPLE), "today": clock.today(actor.person.time_zone), "new_op": new_id,
        "due_date": due_date, "me": actor.person_id,
    }  # fmt: skip


def _added_words(added: Added) -> str:
    parts = []
    if added.asked:
        parts.append(
            ngettext("%(num)s colleague is asked.", "%(num)s colleagues are asked.", added.asked)
            % {"num": added.asked}
        )
    if added.invited:
        parts.append(
            ngettext("%(num)s invitation sent.", "%(num)s invitations sent.", added.invited)
            % {"num": added.invited}
        )
    return " ".join(parts) or _("Nobody was added: everybody was there already.")


def _refusal(refusal: Exception) -> Errors:
    match refusal:
        case Missed():
            return {"due": _missed()}
        case TooMany():
            return {"pasted": _("Fifty invitations at most are sent in one go")}
        case TooManyAttempts():
            return {"pasted": too_often()}
        case NoSeat():
            return {"pasted": seats_short(refusal.seats.left, refusal.seats.most)}
        case _:
            return {"pasted": _nobody_is_written_to()}


def _missed() -> str:
    return _("Choose a day from today on, not after the closing date of the round")


def _nobody_is_written_to() -> str:
    return _("Nobody is written to from a demonstration. Create your organisation to invite people.")


PAGES: list[ControllerRouterHandler] = [TeamPage, OneAsked]
