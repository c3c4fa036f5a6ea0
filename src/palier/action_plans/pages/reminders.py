"""The pages of reminders: what a letter's links do once confirmed, which letters one gets, and the end of one kind."""

from collections.abc import Mapping
from datetime import date

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.flows import letters
from palier.accounts.pages.refusing import NO_TOKEN_NEEDED, decide
from palier.action_plans import store, wording
from palier.action_plans.flows import errands
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable
from palier.action_plans.flows.errands import Call, Overtaken, Standing
from palier.action_plans.mails import topic_of
from palier.action_plans.pages.forms import Errors, read_date, revision_of, typed_date
from palier.action_plans.rules.reminders import Errand, Kind, usual_dates
from palier.conversations.mails import MENTION
from palier.foundation import language
from palier.foundation.actor import Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, person_of, see_other
from palier.team.mails import ROUND

PREFERENCES = "/account/reminders"
TOPICS: dict[str, str] = {topic_of(kind): kind.value for kind in Kind} | {MENTION: MENTION, ROUND: "round"}
"""What an address may refuse by itself, and the name of its box."""

OTHER = "other"
"""The choice of a date that is not offered."""


class Errands(Controller):
    """`/reminders/{token}`: the letter's link opens a page; its button does what the link says."""

    path = "/reminders/{token:str}"
    opt = PUBLIC

    @get("/done")
    async def ask_done(self, request: Request, token: FromPath[str]) -> Template:
        return await _errand(request, token, Errand.DONE)

    @get("/postpone")
    async def ask_postpone(self, request: Request, token: FromPath[str]) -> Template:
        return await _errand(request, token, Errand.POSTPONE)

    @post("/done")
    async def done(self, request: Request, token: FromPath[str]) -> Response:
        raw = await form_of(request)
        _speak_to(request, await errands.call_behind(token))
        try:
            await errands.finish(token, revision_of(raw))
        except (Overtaken, ChangedMeanwhile, Unacceptable) as refused:
            return await _refused(request, token, Errand.DONE, refused)
        return see_other(f"/reminders/{token}/done", _("The action is marked as done."))

    @post("/postpone")
    async def postpone(self, request: Request, token: FromPath[str]) -> Response:
        raw = await form_of(request)
        _speak_to(request, await errands.call_behind(token))
        errors: Errors = {}
        typed = raw if raw.get("to") != OTHER else raw | {"to": ""}
        wanted = read_date(typed, "to", errors)
        if wanted is None and not errors:
            errors["to"] = _("Choose a date")
        if wanted is None:
            return await _errand(request, token, Errand.POSTPONE, errors, raw)
        return await _put_off(request, token, wanted, raw)


async def _put_off(request: Request, token: str, wanted: date, raw: Mapping[str, str]) -> Response:
    try:
        await errands.put_off(token, wanted, revision_of(raw))
    except errands.NotLater:
        later = {"to": _("Choose a day after its date and not in the past, within two years")}
        return await _errand(request, token, Errand.POSTPONE, later, raw)
    except (Overtaken, ChangedMeanwhile, Unacceptable) as refused:
        return await _refused(request, token, Errand.POSTPONE, refused)
    said = _("The action is now due on %(on)s.") % {"on": day(wanted)}
    return see_other(f"/reminders/{token}/postpone", said)


async def _refused(request: Request, token: str, errand: Errand, refused: Exception) -> Template:
    """The page as it is now: it says itself what overtook the link, or asks again after somebody's change."""
    errors = {}
    if isinstance(refused, ChangedMeanwhile):
        errors["rev"] = _("Somebody changed this action meanwhile. Look at it, then confirm again.")
    if isinstance(refused, Unacceptable):
        errors["to"] = ", ".join(wording.fault_words(fault) for fault in refused.faults)
    return await _errand(request, token, errand, errors, conflict=True)


async def _errand(
    request: Request, token: str, errand: Errand, errors: Errors | None = None, raw: Mapping[str, str] | None = None,
    *, conflict: bool = False,
) -> Template:  # fmt: skip
    call = await errands.call_behind(token)
    _speak_to(request, call)
    on = today(call.actor.person.time_zone)
    offered = usual_dates(call.action.due_on, on) if call.action.due_on else []
    return page(
        request, "action_plans/errand.html", status_code=_status(call, conflict=conflict, wrong=bool(errors)),
        errand=errand.value, call=call, token=token, errors=errors or {}, values=raw or {}, other=OTHER,
        typed=typed_date(raw or {}, "to"), offered=[(each.isoformat(), day(each)) for each in offered],
        when=wording.due_words(call.action.due_on, on) if call.action.due_on else "",
        status=wording.status_words(call.action.status),
    )  # fmt: skip


def _status(call: Call, *, conflict: bool, wrong: bool) -> int:
    if call.standing is Standing.EXPIRED:
        return 410
    return 409 if conflict else 422 if wrong else 200


def _speak_to(request: Request, call: Call) -> None:
    """A reader who is not signed in is spoken to in the language of the letter."""
    if person_of(request) is None:
        language.use(call.actor.person.locale, call.actor.person.time_zone)


class Preferences(Controller):
    """`/account/reminders`: which letters about actions the signed-in person gets."""

    path = PREFERENCES
    opt = SIGNED_IN

    @get()
    async def show(self, request: Request, person: NamedDependency[Person]) -> Template:
        async with reading(person):
            refused = await letters.refused_by(person, TOPICS)
        wanted = {TOPICS[topic] for topic in TOPICS if topic not in refused}
        choices = wording.reminder_choices()
        return page(request, "action_plans/reminders.html", choices=choices, wanted=wanted)

    @post()
    async def save(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Redirect:
        raw = await form_of(request)
        wanted = [topic for topic, kind in TOPICS.items() if raw.get(kind) == "yes"]
        await letters.keep_only(person, wanted, TOPICS, settings.secret)
        return see_other(PREFERENCES, _("Your choice of reminders is saved."))


class Ending(Controller):
    """`/reminders/stop/{token}`: whoever holds the link of a letter decides whether its address gets more of them."""

    path = "/reminders/stop/{token:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, token: FromPath[str]) -> Template:
        choice = await letters.choice_behind(token)
        if choice.topic not in TOPICS:
            raise store.Gone("a letter of another room")
        kinds = {kind: (name, hint) for kind, name, hint in wording.reminder_choices()}
        name, hint = kinds[TOPICS[choice.topic]]
        return page(
            request, "action_plans/refuse_reminder.html", choice=choice, token=token, name=name, hint=hint
        )

    @post(opt=NO_TOKEN_NEEDED)
    async def choose(self, request: Request, token: FromPath[str]) -> Response:
        return await decide(request, token, f"/reminders/stop/{token}")


PAGES = [Errands, Preferences, Ending]
