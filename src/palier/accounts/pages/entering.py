"""Signing in and out."""

from urllib.parse import quote

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from palier.accounts import browsers
from palier.accounts.elsewhere import ClosedFor
from palier.accounts.flows import entering
from palier.accounts.rules import CHALLENGE_WITHIN, STEP_WITHIN
from palier.accounts.sessions import cookie, presented
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, own_path, page, person_of, see_other

HOME = "/home"

STEP, CHALLENGE = "step", "challenge"
"""Cookies that lead to a proof under way: after the password, and for a passkey to sign."""


def browser_of(request: Request, settings: Settings) -> entering.Browser:
    """The browser of a request. X-Forwarded-For is anybody's to write: the address is the connection's own, or what a
    router named in the settings says (`foundation.forwarding`)."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    session = presented(request.cookies, secure=settings.secure)
    known = browsers.presented(request.cookies, secure=settings.secure)
    return entering.Browser(address, agent, session, known, settings.public_url)


def welcome(
    secret: str, location: str, settings: Settings, notice: str = "", *, remember: bool = True
) -> Redirect:
    """Go to `location` with the cookie of a new session, or none; `remember` the browser as one its person has used."""
    answer = see_other(location, notice)
    answer.set_cookie(cookie(secret, secure=settings.secure))
    if secret and remember:
        answer.set_cookie(browsers.cookie(secret, secure=settings.secure))
    return answer


def arrived(outcome: entering.Outcome, location: str, settings: Settings) -> Redirect:
    """Go to `location` with a session, or first to the page that asks for the second factor."""
    if not outcome.owes_factor:
        answer = welcome(outcome.secret, location, settings)
        answer.set_cookie(passing(STEP, "", settings))
        return answer
    answer = see_other(f"/signin/factor?next={quote(location)}")
    answer.set_cookie(passing(STEP, outcome.secret, settings))
    return answer


def passing(name: str, secret: str, settings: Settings) -> Cookie:
    """A cookie of some minutes that leads to a proof under way; an empty one ends it."""
    within = STEP_WITHIN if name == STEP else CHALLENGE_WITHIN
    return Cookie(
        key=name_of(name, settings), value=secret, httponly=True, secure=settings.secure, samesite="lax", path="/",
        max_age=int(within.total_seconds()) if secret else 0,
    )  # fmt: skip


def passed(request: Request, name: str, settings: Settings) -> str:
    """What such a cookie brings back; empty without one."""
    return request.cookies.get(name_of(name, settings), "")


def name_of(name: str, settings: Settings) -> str:
    """A cookie's name, bound to this very host where there is https."""
    return f"__Host-{name}" if settings.secure else name


class SignIn(Controller):
    """E-mail and password."""

    opt = PUBLIC

    @get("/signin")
    async def form(self, request: Request) -> Response:
        destination = own_path(request.query_params.get("next"), HOME)
        if person_of(request):
            return see_other(destination)
        return sign_in_form(request, destination)

    @post("/signin")
    async def sign_in(
        self, request: Request, settings: NamedDependency[Settings], closed_for: NamedDependency[ClosedFor]
    ) -> Response:
        raw = await form_of(request)
        destination = own_path(raw.get("next"), HOME)
        browser = browser_of(request, settings)
        try:
            outcome = await entering.sign_in(
                raw.get("email", ""), raw.get("password", ""), browser, closed_for
            )
        except entering.WrongCredentials:
            sentence = _(
                "This e-mail address and password do not go together. Check both, or choose a new password."
            )
            return sign_in_form(request, destination, raw, {"email": sentence})
        except entering.NotConfirmed:
            sentence = _("Confirm your address first: open the link we sent you, or ask for a new one.")
            return sign_in_form(request, destination, raw, {"email": sentence}, unconfirmed=True)
        except TooManyAttempts as error:
            return later(sign_in_form(request, destination, raw, {"email": too_often()}, 429), error)
        return arrived(outcome, destination, settings)


def too_often() -> str:
    """What somebody who tries too often is told."""
    return _("Too many attempts. Wait five minutes, then try again.")


def later(answer: Template, error: TooManyAttempts) -> Template:
    """`answer` with the time after which trying again makes sense."""
    answer.headers["retry-after"] = str(error.seconds)
    return answer


def sign_in_form(
    request: Request, destination: str, raw: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    status_code: int = 200, *, unconfirmed: bool = False,
) -> Template:  # fmt: skip
    """The sign-in page, with what was typed and what was wrong with it."""
    email = (raw or request.query_params).get("email", "")
    status = 422 if errors and status_code == 200 else status_code
    return page(
        request, "accounts/sign_in.html", status_code=status, next=destination, email=email, errors=errors or {},
        unconfirmed=unconfirmed,
    )  # fmt: skip


@post("/signout", opt=PUBLIC)
async def sign_out(request: Request, settings: NamedDependency[Settings]) -> Redirect:
    """End this browser's session; harmless without one."""
    if person := person_of(request):
        await entering.sign_out(person)
    destination = own_path((await form_of(request)).get("next"), "/signin")
    return welcome("", destination, settings, _("You are signed out."))


PAGES = [SignIn, sign_out]
