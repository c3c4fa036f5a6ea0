"""The page that asks for the second factor, and signing in with a passkey alone."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.response import Template

from palier.accounts.flows import second_step
from palier.accounts.flows.second_step import WrongFactor
from palier.accounts.pages.entering import (
    CHALLENGE,
    HOME,
    STEP,
    arrived,
    browser_of,
    later,
    passed,
    passing,
    sign_in_form,
    too_often,
)
from palier.accounts.steps import StepOver
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, own_path, page, see_other


class SecondStep(Controller):
    """A code of the app, a recovery code or a passkey, after the password."""

    path = "/signin/factor"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        try:
            return await _form(request, settings, own_path(request.query_params.get("next"), HOME))
        except StepOver:
            return _begin_again()

    @post()
    async def give(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        raw = await form_of(request)
        destination = own_path(raw.get("next"), HOME)
        try:
            return await self._given(request, settings, raw, destination)
        except StepOver:
            return _begin_again()

    async def _given(
        self, request: Request, settings: Settings, raw: dict[str, str], destination: str
    ) -> Response:
        step, browser = passed(request, STEP, settings), browser_of(request, settings)
        field = next((name for name in ("passkey", "recovery") if raw.get(name)), "code")
        try:
            match field:
                case "passkey":
                    challenge = passed(request, CHALLENGE, settings)
                    outcome = await second_step.give_passkey(step, raw["passkey"], challenge, browser)
                case "recovery":
                    outcome = await second_step.give_recovery_code(step, raw["recovery"], browser)
                case _:
                    outcome = await second_step.give_code(
                        step, raw.get("code", ""), browser, settings.secrets
                    )
        except WrongFactor:
            return await _form(request, settings, destination, {field: _wrong(field)})
        except TooManyAttempts as error:
            return later(await _form(request, settings, destination, {field: too_often()}, 429), error)
        return arrived(outcome, destination, settings)

    @post("/options")
    async def options(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        try:
            asked = await second_step.ask_passkey(passed(request, STEP, settings), settings.public_url)
        except StepOver:
            return Response("{}", status_code=410, media_type=MediaType.JSON)
        return challenge(asked, settings)


class ByPasskey(Controller):
    """A passkey that says whose it is: nothing to type."""

    path = "/signin/passkey"
    opt = PUBLIC

    @post("/options")
    async def options(self, settings: NamedDependency[Settings]) -> Response:
        return challenge(await second_step.ask_any_passkey(settings.public_url), settings)

    @post()
    async def sign_in(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        raw = await form_of(request)
        destination = own_path(raw.get("next"), HOME)
        asked = passed(request, CHALLENGE, settings)
        try:
            outcome = await second_step.sign_in_by_passkey(
                raw.get("passkey", ""), asked, browser_of(request, settings)
            )
        except (WrongFactor, StepOver):
            return sign_in_form(request, destination, raw, {"passkey-button": _wrong("passkey")})
        return arrived(outcome, destination, settings)


def challenge(asked: tuple[str, str], settings: Settings) -> Response[str]:
    """What the page's script hands to the browser, with the cookie of the challenge in it."""
    options, secret = asked
    answer = Response(options, status_code=200, media_type=MediaType.JSON)
    answer.set_cookie(passing(CHALLENGE, secret, settings))
    return answer


async def _form(
    request: Request, settings: Settings, destination: str, errors: dict[str, str] | None = None,
    status_code: int = 200,
) -> Template:  # fmt: skip
    means = await second_step.means_of(passed(request, STEP, settings))
    status = 422 if errors and status_code == 200 else status_code
    return page(
        request,
        "accounts/second_step.html",
        status_code=status,
        next=destination,
        means=means,
        errors=errors or {},
    )


def _wrong(field: str) -> str:
    match field:
        case "passkey":
            return _("This passkey is not known here, or the question to it was too old. Try again.")
        case "recovery":
            return _("This is not one of your recovery codes, or it was used already.")
        case _:
            return _("This code is not right. Type the one that your app shows now; none is taken twice.")


def _begin_again() -> Response:
    return see_other("/signin", _("This took longer than ten minutes. Sign in again."))


PAGES = [SecondStep, ByPasskey]
