"""Creating an account, confirming its address, and asking for a new password."""

from typing import Annotated
from urllib.parse import quote, unquote

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.flows import recovering, signing_up
from palier.accounts.flows.choosing_passwords import PasswordRefused
from palier.accounts.links import LinkSpent
from palier.accounts.pages.entering import browser_of, later, too_often
from palier.accounts.pages.wording import password_sentence
from palier.accounts.rules import is_email, normalised_email
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.headers import cookie_of
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, see_other

_ASKED = "asked"
"""Cookie with the address just typed, so that the next page can show it: it says nothing about accounts."""


class SignUpForm(msgspec.Struct):
    """The fields of the sign-up form; whatever else is posted is dropped."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    name: Annotated[str, msgspec.Meta(max_length=120)]
    password: str


class SignUp(Controller):
    """An account in two steps: the form, then the link in the mail."""

    path = "/signup"
    opt = PUBLIC

    @get()
    async def form(self, request: Request) -> Template:
        return _sign_up_form(request, {}, {})

    @post()
    async def sign_up(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        raw = await form_of(request)
        form, errors = parse(SignUpForm, raw)
        errors |= email_error(raw.get("email", ""))
        if form is None or errors:
            return _sign_up_form(request, raw, errors)
        try:
            address = browser_of(request, settings).address
            await signing_up.sign_up(form.email, form.name, form.password, address, settings.public_url)
        except PasswordRefused as refused:
            return _sign_up_form(request, raw, {"password": password_sentence(refused.fault)})
        except TooManyAttempts as error:
            return later(_sign_up_form(request, raw, {"email": too_often()}, 429), error)
        return sent_to("/signup/check-mail", form.email)

    @get("/check-mail")
    async def check_mail(self, request: Request) -> Template:
        email = unquote(cookie_of(request, _ASKED))
        return page(request, "accounts/check_mail.html", email=email)

    @post("/resend")
    async def resend(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        email = (await form_of(request)).get("email", "")
        try:
            await signing_up.ask_again(email, browser_of(request, settings).address)
        except TooManyAttempts as error:
            return later(_sign_up_form(request, {"email": email}, {"email": too_often()}, 429), error)
        return sent_to(
            "/signup/check-mail", email, _("If this address waits to be confirmed, a new link is on its way.")
        )


class Confirm(Controller):
    """The page the confirmation mail opens. Mail scanners open it too, so only its button does anything."""

    path = "/confirm/{token:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, token: FromPath[str]) -> Template:
        return page(request, "accounts/confirm.html", token=token, spent=False)

    @post()
    async def confirm(self, request: Request, token: FromPath[str]) -> Response:
        try:
            await signing_up.confirm(token)
        except LinkSpent:
            return page(request, "accounts/confirm.html", status_code=410, token=token, spent=True)
        return see_other(
            "/signin?next=/welcome/organisation", _("Your address is confirmed. You can sign in.")
        )


class Forgotten(Controller):
    """Asking for a link to choose a new password."""

    path = "/forgotten"
    opt = PUBLIC

    @get()
    async def form(self, request: Request) -> Template:
        return _forgotten_form(request, "", {})

    @post()
    async def ask(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        email = (await form_of(request)).get("email", "")
        if errors := email_error(email):
            return _forgotten_form(request, email, errors)
        try:
            await recovering.ask(email, browser_of(request, settings))
        except TooManyAttempts as error:
            return later(_forgotten_form(request, email, {"email": too_often()}, 429), error)
        return sent_to("/forgotten/sent", email)

    @get("/sent")
    async def sent(self, request: Request) -> Template:
        return page(request, "accounts/reset_sent.html", email=unquote(cookie_of(request, _ASKED)))


class Reset(Controller):
    """Choosing the new password."""

    path = "/reset/{token:str}"
    opt = PUBLIC

    @get()
    async def form(self, request: Request, token: FromPath[str]) -> Template:
        try:
            await recovering.check_link(token)
        except LinkSpent:
            return _reset_form(request, token, {}, spent=True)
        return _reset_form(request, token, {})

    @post()
    async def reset(
        self, request: Request, token: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        password = (await form_of(request)).get("password", "")
        try:
            await recovering.reset(token, password, settings.public_url)
        except LinkSpent:
            return _reset_form(request, token, {}, spent=True)
        except PasswordRefused as refused:
            return _reset_form(request, token, {"password": password_sentence(refused.fault)})
        return see_other("/signin", _("Your password is changed and every session was ended. Sign in."))


def email_error(email: str) -> dict[str, str]:
    """The sentence for an address that cannot be one, under its field's name."""
    if is_email(normalised_email(email)):
        return {}
    return {"email": _("Write an e-mail address such as name@example.org")}


def _sign_up_form(
    request: Request, raw: dict[str, str], errors: dict[str, str], status_code: int = 200
) -> Template:
    status = 422 if errors and status_code == 200 else status_code
    return page(request, "accounts/sign_up.html", status_code=status, raw=raw, errors=errors)


def _forgotten_form(request: Request, email: str, errors: dict[str, str], status_code: int = 200) -> Template:
    status = 422 if errors and status_code == 200 else status_code
    return page(request, "accounts/forgotten.html", status_code=status, email=email, errors=errors)


def _reset_form(request: Request, token: str, errors: dict[str, str], *, spent: bool = False) -> Template:
    status = 410 if spent else 422 if errors else 200
    return page(request, "accounts/reset.html", status_code=status, token=token, errors=errors, spent=spent)


def sent_to(location: str, email: str, notice: str = "") -> Redirect:
    """Go to `location`, which shows the address just typed."""
    answer = see_other(location, notice)
    answer.set_cookie(
        Cookie(key=_ASKED, value=quote(email[:254]), httponly=True, samesite="lax", path="/", max_age=900)
    )
    return answer


PAGES = [SignUp, Confirm, Forgotten, Reset]
