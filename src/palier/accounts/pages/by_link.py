"""Signing in by a mailed link."""

from urllib.parse import quote, unquote

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from palier.accounts.elsewhere import ClosedFor
from palier.accounts.flows import linking
from palier.accounts.links import LinkSpent, WrongBrowser
from palier.accounts.pages.entering import (
    HOME,
    arrived,
    browser_of,
    later,
    name_of,
    sign_in_form,
    too_often,
)
from palier.accounts.pages.signing_up import email_error
from palier.accounts.rules import SIGN_IN_WITHIN
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.identifiers import new_secret
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, own_path, page, see_other

_ASKER, _NEXT = "asker", "asker-next"
"""Cookies: the half of a link that stays in the browser that asked for it, and where it leads."""


class ByLink(Controller):
    """Asked for on one page, opened from the mail in the same browser. Only the button there does anything."""

    path = "/signin/link"
    opt = PUBLIC

    @post()
    async def ask(
        self, request: Request, settings: NamedDependency[Settings], closed_for: NamedDependency[ClosedFor]
    ) -> Response:
        raw = await form_of(request)
        email, destination = raw.get("email", ""), own_path(raw.get("next"), HOME)
        if errors := email_error(email):
            return sign_in_form(request, destination, raw, errors)
        asker = _asker(request, settings) or new_secret()
        try:
            await linking.ask(email, browser_of(request, settings), asker, closed_for)
        except TooManyAttempts as error:
            return later(sign_in_form(request, destination, raw, {"email": too_often()}, 429), error)
        answer = see_other("/signin/link/sent")
        for name, value in ((_ASKER, asker), (_NEXT, destination)):
            answer.set_cookie(_kept(name, value, settings))
        return answer

    @get("/sent")
    async def sent(self, request: Request) -> Response:
        return page(request, "accounts/link_sent.html")

    @get("/{token:str}")
    async def show(
        self, request: Request, token: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        try:
            await linking.check(token, _asker(request, settings))
        except (LinkSpent, WrongBrowser) as refused:
            return _refused(request, refused)
        return page(request, "accounts/link.html", token=token, elsewhere=False, spent=False)

    @post("/{token:str}")
    async def sign_in(
        self, request: Request, token: FromPath[str], settings: NamedDependency[Settings],
        closed_for: NamedDependency[ClosedFor],
    ) -> Response:  # fmt: skip
        asker, browser = _asker(request, settings), browser_of(request, settings)
        try:
            outcome = await linking.sign_in(token, asker, browser, closed_for)
        except (LinkSpent, WrongBrowser) as refused:
            return _refused(request, refused)
        destination = own_path(unquote(request.cookies.get(name_of(_NEXT, settings), "")), HOME)
        return arrived(outcome, destination, settings)


def _asker(request: Request, settings: Settings) -> str:
    return request.cookies.get(name_of(_ASKER, settings), "")


def _kept(name: str, value: str, settings: Settings) -> Cookie:
    return Cookie(
        key=name_of(name, settings), value=quote(value), httponly=True, secure=settings.secure, samesite="lax", path="/",
        max_age=int(SIGN_IN_WITHIN.total_seconds()) + 60,
    )  # fmt: skip


def _refused(request: Request, refused: Exception) -> Response:
    elsewhere = isinstance(refused, WrongBrowser)
    status = 403 if elsewhere else 410
    return page(
        request, "accounts/link.html", status_code=status, token="", elsewhere=elsewhere, spent=not elsewhere
    )


PAGES = [ByLink]
