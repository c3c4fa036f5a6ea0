"""`/s/{code}`: the page behind a shared link, for whoever holds it.

It knows no session, sets no cookie, keeps nothing in caches or indexes, and tells no site where its reader comes from.
Looking changes nothing: mail programs and scanners follow links too. Only the button hands the document over.
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from palier.accounts.pages.entering import browser_of, too_often
from palier.accounts.rules import WINDOW, origin
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.language import LOCALES, language_name, use
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, kept_file, page
from palier.reports.flows import opening
from palier.reports.pages import wording
from palier.reports.turns import TooOften, Turns

MOST_LOOKS = 100
"""Times one network address may look at links within WINDOW. Taking documents away is counted on its own."""

_looks = Turns(MOST_LOOKS, WINDOW.total_seconds())

KEY_ALONE = PUBLIC | {"exclude_from_csrf": True}
"""Route option: the code in the address decides and no session does, so there is no token to ask for, nor a cookie to set."""

_DISCREET = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


class Shared(Controller):
    """Behind the link."""

    path = "/s/{shared:str}"
    opt = KEY_ALONE

    @get()
    async def show(
        self, request: Request, shared: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        """What the link gives. A link that is none is counted like one that works."""
        _speak(request)
        try:
            _looks.take(origin(browser_of(request, settings).address))
            return _page(request, await opening.look(shared))
        except TooOften as often:
            return _too_often(request, often.seconds)
        except opening.NoSuchLink:
            return _gone(request)

    @post()
    async def take_away(
        self,
        request: Request,
        shared: FromPath[str],
        settings: NamedDependency[Settings],
        shelf: NamedDependency[Any],
    ) -> Response:
        """The document as a file to keep, or why not."""
        _speak(request)
        password = (await form_of(request)).get("password", "")
        try:
            handed = await opening.take_away(shared, password, browser_of(request, settings).address, shelf)
        except opening.NoSuchLink:
            return _gone(request)
        except TooManyAttempts as error:
            return _too_often(request, error.seconds)
        except opening.WrongPassword:
            wrong = _("This is not the password of the document. Ask the person who sent you the link.")
            return await _again(request, shared, {"password": wrong})
        except opening.NotReady:
            return await _again(request, shared, {})
        return _discreet(kept_file(handed.media_type, handed.name, handed.content))


def _speak(request: Request) -> None:
    """The language asked for in the address: the page sets no cookie that would remember it."""
    asked = request.query_params.get("language", "")
    if asked in LOCALES:
        use(asked)


async def _again(request: Request, code: str, errors: dict[str, str]) -> Response:
    """The page once more; the link may have ended meanwhile."""
    try:
        return _page(request, await opening.look(code), errors)
    except opening.NoSuchLink:
        return _gone(request)


def _page(request: Request, offer: opening.Offer, errors: dict[str, str] | None = None) -> Response:
    return _rendered(
        request, "reports/shared.html", status_code=422 if errors else 200, offer=offer, errors=errors or {}, words=wording,
    )  # fmt: skip


def _gone(request: Request) -> Response:
    """One page for a link that never was, one that is over and one that was revoked."""
    return _rendered(request, "reports/shared_gone.html", status_code=404)


def _too_often(request: Request, seconds: int) -> Response:
    answer = _rendered(request, "reports/shared_later.html", status_code=429, sentence=too_often())
    answer.headers["retry-after"] = str(seconds)
    return answer


def _rendered(request: Request, template: str, **context: Any) -> Response:
    """The page as nobody sees it, whoever is signed in."""
    tongues = [(each, language_name(each)) for each in LOCALES]
    return _discreet(page(request, template, person=None, notice="", tongues=tongues, **context))


def _discreet(answer: Any) -> Any:
    answer.headers |= _DISCREET
    return answer


PAGES = [Shared]
