"""`/s/{code}`: the page behind a shared link, for whoever holds it.

It knows no session, sets no cookie, keeps nothing in caches or indexes, and tells no site where its reader comes from.
Looking changes nothing: mail programs and scanners follow links too. Only the button hands the document over.
"""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from palier.accounts.pages.entering import browser_of, too_often
from palier.accounts.pages.holding import KEY_ALONE, discreet, page_for_holder, speak
from palier.accounts.rules import WINDOW, origin
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.language import gettext as _
from palier.foundation.settings import Settings
from palier.foundation.turns import TooOften, Turns
from palier.foundation.web import form_of, kept_file
from palier.reports.flows import opening
from palier.reports.pages import wording

MOST_LOOKS = 100
"""Times one network address may look at links within WINDOW. Taking documents away is counted on its own."""

_looks = Turns(MOST_LOOKS, WINDOW.total_seconds())


class Shared(Controller):
    """Behind the link."""

    path = "/s/{shared:str}"
    opt = KEY_ALONE

    @get()
    async def show(
        self, request: Request, shared: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        """What the link gives. A link that is none is counted like one that works."""
        speak(request)
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
        speak(request)
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
        return discreet(kept_file(handed.media_type, handed.name, handed.content))


async def _again(request: Request, code: str, errors: dict[str, str]) -> Response:
    """The page once more; the link may have ended meanwhile."""
    try:
        return _page(request, await opening.look(code), errors)
    except opening.NoSuchLink:
        return _gone(request)


def _page(request: Request, offer: opening.Offer, errors: dict[str, str] | None = None) -> Response:
    return page_for_holder(
        request, "reports/shared.html", status_code=422 if errors else 200, offer=offer, errors=errors or {}, words=wording,
    )  # fmt: skip


def _gone(request: Request) -> Response:
    """One page for a link that never was, one that is over and one that was revoked."""
    return page_for_holder(request, "reports/shared_gone.html", status_code=404)


def _too_often(request: Request, seconds: int) -> Response:
    answer = page_for_holder(request, "reports/shared_later.html", status_code=429, sentence=too_often())
    answer.headers["retry-after"] = str(seconds)
    return answer


PAGES = [Shared]
