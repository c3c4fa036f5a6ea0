"""Signing in and out."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from palier.accounts.flows import entering
from palier.accounts.sessions import cookie, presented
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, own_path, page, person_of, see_other

HOME = "/home"


def browser_of(request: Request, settings: Settings) -> entering.Browser:
    """The browser of a request. X-Forwarded-For is anybody's to write: only the connection's own address counts."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    return entering.Browser(address, agent, presented(request.cookies, secure=settings.secure))


def welcome(secret: str, location: str, settings: Settings, notice: str = "") -> Redirect:
    """Go to `location` with the cookie of a new session."""
    answer = see_other(location, notice)
    answer.set_cookie(cookie(secret, secure=settings.secure))
    return answer


class SignIn(Controller):
    """E-mail and password."""

    opt = PUBLIC

    @get("/signin")
    async def form(self, request: Request) -> Response:
        destination = own_path(request.query_params.get("next"), HOME)
        if person_of(request):
            return see_other(destination)
        return _form(request, destination)

    @post("/signin")
    async def sign_in(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        raw = await form_of(request)
        destination = own_path(raw.get("next"), HOME)
        try:
            secret = await entering.sign_in(
                raw.get("email", ""), raw.get("password", ""), browser_of(request, settings)
            )
        except entering.WrongCredentials:
            sentence = _(
                "This e-mail address and password do not go together. Check both, or choose a new password."
            )
            return _form(request, destination, raw, {"email": sentence})
        except entering.NotConfirmed:
            sentence = _("Confirm your address first: open the link we sent you, or ask for a new one.")
            return _form(request, destination, raw, {"email": sentence}, unconfirmed=True)
        except TooManyAttempts as error:
            return later(_form(request, destination, raw, {"email": too_often()}, 429), error)
        return welcome(secret, destination, settings)


def too_often() -> str:
    """What somebody who tries too often is told."""
    return _("Too many attempts. Wait five minutes, then try again.")


def later(answer: Template, error: TooManyAttempts) -> Template:
    """`answer` with the time after which trying again makes sense."""
    answer.headers["retry-after"] = str(error.seconds)
    return answer


def _form(
    request: Request, destination: str, raw: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    status_code: int = 200, *, unconfirmed: bool = False,
) -> Template:  # fmt: skip
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
