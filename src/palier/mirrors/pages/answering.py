"""`/m/{mirror}`: the page behind a mirror's link or QR code, for anybody: short, on a telephone, without a name.

It knows no session and sets no cookie; the address of who answers is counted in memory only, to slow down machines.
"""

from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from palier.accounts.pages.entering import browser_of
from palier.accounts.pages.holding import KEY_ALONE, discreet, page_for_holder, speak
from palier.accounts.rules import origin
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.settings import Settings
from palier.foundation.turns import TooOften, Turns
from palier.foundation.web import form_of
from palier.mirrors.flows import answering
from palier.mirrors.flows.answering import Sheet
from palier.mirrors.rules.asked import POINTS
from palier.network.wording import people_in_plural

WINDOW = 300.0
MOST_LOOKS, MOST_ANSWERS = 300, 60
"""Pages and answers that one network address may ask for in WINDOW seconds: a waiting room shares one address."""

_looks, _answers = Turns(MOST_LOOKS, WINDOW), Turns(MOST_ANSWERS, WINDOW)

UNSURE = "unsure"
"""What is sent for "I cannot say": the theme is left out."""


class Answering(Controller):
    """Behind the link."""

    path = "/m/{mirror:str}"
    opt = KEY_ALONE | {"unwatched": True}  # promised to leave no mark: none in our lines and figures

    @get()
    async def show(
        self, request: Request, settings: NamedDependency[Settings], mirror: FromPath[str]
    ) -> Response:
        """The questions. A link that is none is counted like one that works."""
        speak(request)
        try:
            _looks.take(_whereabouts(request, settings))
            return _sheet(request, await answering.look(mirror))
        except TooOften as often:
            return _slow_down(request, often)
        except (answering.NoSuchLink, answering.NotNow) as why:
            return _nothing_here(request, why)

    @post()
    async def answer(
        self, request: Request, settings: NamedDependency[Settings], mirror: FromPath[str]
    ) -> Response:
        """Take one answer in. Too many from one address are told so with what was ticked still on the page."""
        speak(request)
        raw = await form_of(request)
        try:
            sheet = await answering.look(mirror)
            points, faulty = _points(sheet, raw)
            if faulty or not points:
                first = sheet.asked.themes[0].id
                return _sheet(
                    request, sheet, raw, {first: _("Answer at least one sentence, as often as you see it")}
                )
            _answers.take(_whereabouts(request, settings))
            await answering.answer(mirror, _op(raw), points)
        except TooOften as often:
            return _sheet(request, sheet, raw, {}, often)
        except (answering.NoSuchLink, answering.NotNow) as why:
            return _nothing_here(request, why)
        return discreet(Redirect(f"/m/{mirror}/thanks?language={current()}", status_code=303))

    @get("/thanks")
    async def thanks(self, request: Request, mirror: FromPath[str]) -> Response:
        """The same words for everybody: nothing is looked up."""
        speak(request)
        return _page(request, "mirrors/thanks.html")


def _whereabouts(request: Request, settings: Settings) -> str:
    return origin(browser_of(request, settings).address)


def _points(sheet: Sheet, raw: dict[str, str]) -> tuple[dict[str, int], bool]:
    """Points by theme answered, and whether something was sent that the page does not offer."""
    sent = {theme.id: raw.get(theme.id, UNSURE) or UNSURE for theme in sheet.asked.themes}
    rungs = {str(place): points for place, points in enumerate(POINTS)}
    faulty = any(value not in rungs and value != UNSURE for value in sent.values())
    return {theme: rungs[value] for theme, value in sent.items() if value in rungs}, faulty


def _op(raw: dict[str, str]) -> UUID:
    """The number the page drew; a form without one counts as a page of its own."""
    try:
        return UUID(raw.get("op", ""))
    except ValueError:
        return uuid4()


def _sheet(
    request: Request, sheet: Sheet, raw: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    often: TooOften | None = None,
) -> Response:  # fmt: skip
    people = people_in_plural(sheet.people_word)
    questions = [
        (theme.id, theme.name.in_(current()), theme.sentence(sheet.audience, current(), people))
        for theme in sheet.asked.themes
    ]
    answer = _page(
        request, "mirrors/answer.html", status_code=429 if often else 422 if errors else 200, sheet=sheet,
        questions=questions, scale=list(enumerate(sheet.asked.scale.in_(current()))), given=raw or {}, errors=errors or {},
        often=often is not None, op=(raw or {}).get("op") or uuid4(), unsure=UNSURE,
    )  # fmt: skip
    if often:
        answer.headers["retry-after"] = str(often.seconds)
    return answer


def _nothing_here(request: Request, why: Exception) -> Response:
    """A link that takes no answers now says so; every other one was never there."""
    if isinstance(why, answering.NotNow):
        return _page(request, "mirrors/closed.html", status_code=410, opens_on=why.opens_on)
    return _page(request, "mirrors/unknown.html", status_code=404)


def _slow_down(request: Request, often: TooOften) -> Response:
    answer = _page(request, "mirrors/later.html", status_code=429)
    answer.headers["retry-after"] = str(often.seconds)
    return answer


def _page(request: Request, template: str, **context: Any) -> Any:
    return page_for_holder(request, template, **context)


PAGES: list[ControllerRouterHandler] = [Answering]
