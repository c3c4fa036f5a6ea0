"""Asking a colleague without an account: the form, the address told once, the links there are, what becomes of an answer."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.pages.entering import too_often
from palier.accounts.rules import is_email, normalised_email
from palier.accounts.throttle import TooManyAttempts
from palier.assessments.flows import asking, opinions, sheets
from palier.assessments.flows.answering import Unacceptable
from palier.assessments.pages.answering import editable, round_path
from palier.assessments.rules.asking import LIFETIMES, LONGEST, MOST_LINKS, USUAL_LIFETIME, Wish, one_line
from palier.assessments.store import Unknown
from palier.assessments.value_wording import VALUES
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, see_other

ANSWER = needs(Permission.ANSWER)


class AskForm(msgspec.Struct, frozen=True):
    """The form, as a browser sends it."""

    op: UUID
    name: Annotated[str, msgspec.Meta(max_length=LONGEST["name"])]
    days: int
    email: str = ""
    note: Annotated[str, msgspec.Meta(max_length=LONGEST["note"])] = ""


class AskingPage(Controller):
    """`/o/{org}/e/{assessment}/q/{code}/ask`"""

    path = "/o/{org:str}/e/{assessment:str}/q/{code:str}/ask"
    opt = ANSWER

    @get()
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Response:
        sheet = await _sheet(actor, assessment, code)
        if not editable(actor, sheet.desk):
            return see_other(_criterion_path(actor, assessment, code))
        return _form(request, actor, sheet, {"days": str(USUAL_LIFETIME)})

    @post()
    async def ask(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        code: FromPath[str],
        settings: NamedDependency[Settings],
    ) -> Response:
        """The address stands on this answer and never again: only its fingerprint is kept."""
        sheet = await _sheet(actor, assessment, code)
        raw = await form_of(request)
        form, errors = _read(raw, actor)
        if form is None or errors:
            return _form(request, actor, sheet, raw, errors)
        wish = Wish(form.name, form.email, form.note, form.days)
        try:
            secret = await asking.ask(actor, assessment, code, wish, form.op, settings.public_url)
        except asking.TooManyAsked:
            return _form(request, actor, sheet, raw, {"name": _too_many()})
        except TooManyAttempts:
            return _form(request, actor, sheet, raw, {"email": too_often()})
        except asking.TooLate:
            return see_other(_criterion_path(actor, assessment, code))
        return page(
            request, "assessments/asked_done.html", nav="assessments", assessment=sheet.desk.assessment,
            questionnaire=sheet.desk.questionnaire, criterion=sheet.criterion, wish=wish,
            address=f"{settings.public_url}/ask/{secret}",
        )  # fmt: skip


class AskedPage(Controller):
    """`/o/{org}/e/{assessment}/asked`"""

    path = "/o/{org:str}/e/{assessment:str}/asked"
    opt = ANSWER

    @get()
    async def show(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str]
    ) -> Template:
        """Every link made in the round, and what came of it."""
        async with reading(actor):
            desk = await sheets.load_desk(actor, assessment)
            asked = await opinions.load_asked(actor, desk.assessment)
        return page(
            request, "assessments/asked.html", nav="assessments", desk=desk, assessment=desk.assessment,
            questionnaire=desk.questionnaire, whole=desk.whole, asked=asked, progress=desk.progress,
            today=clock.today(actor.person.time_zone), **VALUES,
        )  # fmt: skip

    @post("/{inquiry:uuid}/revoke")
    async def revoke(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        inquiry: FromPath[UUID],
    ) -> Redirect:
        code = await asking.revoke(actor, assessment, inquiry)
        back = await _back(request, actor, assessment, code)
        return see_other(back, _("The link is revoked: it opens nothing any more."))

    @post("/{inquiry:uuid}/take")
    async def take(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        inquiry: FromPath[UUID],
    ) -> Redirect:
        """What the colleague said becomes the answer, and its history says of whom it was asked."""
        raw = await form_of(request)
        op, seen, rev = _hidden(raw)
        try:
            code = await asking.take(actor, assessment, inquiry, seen=seen, rev=rev, op=op)
        except (asking.ChangedMeanwhile, asking.TooLate, Unacceptable) as refused:
            return await self._refused(actor, assessment, inquiry, refused)
        return see_other(
            _criterion_path(actor, assessment, code), _("Taken as the answer. You can still change it.")
        )

    @post("/{inquiry:uuid}/aside")
    async def set_aside(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        assessment: FromPath[str],
        inquiry: FromPath[UUID],
    ) -> Redirect:
        raw = await form_of(request)
        _op, seen, _rev = _hidden(raw)
        try:
            code = await asking.set_aside(actor, assessment, inquiry, seen=seen)
        except (asking.ChangedMeanwhile, asking.TooLate) as refused:
            return await self._refused(actor, assessment, inquiry, refused)
        return see_other(
            f"{_criterion_path(actor, assessment, code)}#asked", _("Set aside. The answer has not changed.")
        )

    async def _refused(self, actor: Actor, slug: str, asked: UUID, refused: Exception) -> Redirect:
        """Back to the criterion, as it stands now."""
        async with reading(actor):
            code = await opinions.criterion_of(actor, slug, asked)
        return see_other(_criterion_path(actor, slug, code), _why(refused))


async def _sheet(actor: Actor, slug: str, code: str) -> sheets.Sheet:
    async with reading(actor):
        return await sheets.load_sheet(actor, slug, code)


def _criterion_path(actor: Actor, slug: str, code: str) -> str:
    return f"{round_path(actor, slug)}/q/{code}"


async def _back(request: Request, actor: Actor, slug: str, code: str) -> str:
    """The list for who came from there, else the criterion."""
    raw = await form_of(request)
    on_list = raw.get("back") == "list"
    return f"{round_path(actor, slug)}/asked" if on_list else f"{_criterion_path(actor, slug, code)}#asked"


def _hidden(raw: dict[str, str]) -> tuple[UUID, int, int]:
    """This form's own id, and the revisions of the opinion and of the answer it was shown with."""
    try:
        return UUID(raw["op"]), int(raw["seen"]), int(raw.get("rev") or 0)
    except (KeyError, ValueError):
        raise Unknown("form") from None


def _why(refused: Exception) -> str:
    match refused:
        case asking.TooLate():
            return _("Nothing was changed: the round takes no answer this way any more.")
        case Unacceptable():
            return _(
                "Nothing was changed: both texts together are too long for one answer. Shorten yours first."
            )
    return _("Nothing was changed: this changed meanwhile. Here is how it stands now.")


def _read(raw: dict[str, str], actor: Actor) -> tuple[AskForm | None, dict[str, str]]:
    given = raw | {"name": one_line(raw.get("name", "")), "email": normalised_email(raw.get("email", ""))}
    form, errors = parse(AskForm, given)
    for name in ("name", "note"):
        if given.get(name) and name in errors:
            errors[name] = _("Use at most %(n)s characters.") % {"n": LONGEST[name]}
    if given["email"] and (actor.organisation.sandbox or not is_email(given["email"])):
        errors["email"] = _("Write an address such as name@example.org")
    if "days" in errors or (form and form.days not in LIFETIMES):
        errors["days"] = _("Choose how long the link works")
    return form, errors


def _too_many() -> str:
    return _("%(n)s links to this criterion work already. Revoke one first.") % {"n": MOST_LINKS}


def _form(
    request: Request,
    actor: Actor,
    sheet: sheets.Sheet,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
) -> Template:
    lifetimes = [(days, ngettext("%(num)s day", "%(num)s days", days) % {"num": days}) for days in LIFETIMES]
    return page(
        request, "assessments/asked_new.html", nav="assessments", status_code=422 if errors else 200,
        assessment=sheet.desk.assessment, questionnaire=sheet.desk.questionnaire, criterion=sheet.criterion,
        values={"name": "", "email": "", "note": "", "days": ""} | values, errors=errors or {}, lifetimes=lifetimes,
        longest=LONGEST, new_op=new_id(), writes=not actor.organisation.sandbox,
    )  # fmt: skip


PAGES: list[Any] = [AskingPage, AskedPage]
