"""Setting up the code app and the recovery codes."""

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import PermissionDeniedException

from palier.accounts.flows import securing
from palier.accounts.flows.securing import Secured, WrongCode
from palier.accounts.pages.entering import too_often
from palier.accounts.pages.security import HERE
from palier.accounts.rules import Method
from palier.accounts.sessions import cookie
from palier.accounts.throttle import TooManyAttempts
from palier.foundation import qr
from palier.foundation.actor import Person
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other


class App(Controller):
    """An app that shows codes: its QR code, then its first code."""

    path = "/account/app"
    opt = SIGNED_IN | FRESH

    @post()
    async def begin(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        refuse_visitors(person)
        await securing.begin_app(person, settings.secrets)
        return see_other("/account/app")

    @get()
    async def show(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        return await _app(request, person, settings, {})

    @post("/confirm")
    async def confirm(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        code = (await form_of(request)).get("code", "")
        try:
            secured = await securing.confirm_app(person, code, settings.secrets, settings.public_url)
        except WrongCode:
            sentence = _("This code is not right. Type the one that your app shows now; none is taken twice.")
            return await _app(request, person, settings, {"code": sentence})
        except TooManyAttempts:
            return await _app(request, person, settings, {"code": too_often()}, 429)
        return renewed(request, secured, settings, _("Your app is set up."))

    @post("/remove")
    async def remove(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        secured = await securing.remove_app(person, settings.public_url)
        return renewed(request, secured, settings, _("The app is removed. Its codes no longer work."))


@post("/account/codes", opt=SIGNED_IN | FRESH)
async def renew_codes(
    request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
) -> Response:
    """Ten new recovery codes, shown once."""
    secured = await securing.renew_codes(person, settings.public_url)
    return renewed(request, secured, settings, _("The earlier codes no longer work."))


def renewed(request: Request, secured: Secured, settings: Settings, notice: str) -> Response:
    """Back to the security page under the renewed session; first to the recovery codes, if any were made."""
    answer: Response = (
        page(request, "accounts/codes.html", codes=secured.codes, place="security", done=notice)
        if secured.codes
        else see_other(HERE, notice)
    )
    answer.set_cookie(cookie(secured.secret, secure=settings.secure))
    return answer


def refuse_visitors(person: Person) -> None:
    """A throw-away copy of the demonstration needs no second factor. Raises PermissionDeniedException."""
    if person.method == Method.DEMONSTRATION:
        raise PermissionDeniedException


async def _app(
    request: Request, person: Person, settings: Settings, errors: dict[str, str], status_code: int = 200
) -> Response:
    seed = await securing.seed_to_confirm(person, settings.secrets)
    if seed is None:
        return see_other(HERE)
    groups = [seed.text[start : start + 4] for start in range(0, len(seed.text), 4)]
    status = 422 if errors and status_code == 200 else status_code
    return page(
        request, "accounts/app.html", status_code=status, place="security", drawing=qr.svg(seed.address),
        seed=" ".join(groups), address=seed.address, errors=errors,
    )  # fmt: skip


PAGES = [App, renew_codes]
