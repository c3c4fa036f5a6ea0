"""Making, naming and removing passkeys."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import FromPath

from palier.accounts.flows import securing
from palier.accounts.flows.securing import NoPasskey, TooManyPasskeys
from palier.accounts.pages.entering import CHALLENGE, passed
from palier.accounts.pages.second_step import challenge
from palier.accounts.pages.securing import refuse_visitors, renewed
from palier.accounts.rules import LONGEST_PASSKEY_NAME, browser_name
from palier.foundation.actor import Person
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page


class Passkeys(Controller):
    """A passkey is made by the browser, with the page's script: the one thing here that needs it."""

    path = "/account/passkeys"
    opt = SIGNED_IN | FRESH

    @get("/new")
    async def form(self, request: Request, person: NamedDependency[Person]) -> Response:
        return _form(request, browser_name(request.headers.get("user-agent", "")), {})

    @post("/options")
    async def options(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        refuse_visitors(person)
        try:
            return challenge(await securing.ask_new_passkey(person, settings.public_url), settings)
        except TooManyPasskeys:
            return Response("{}", status_code=409, media_type=MediaType.JSON)

    @post()
    async def add(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        refuse_visitors(person)
        raw = await form_of(request)
        name = raw.get("name", "")[:LONGEST_PASSKEY_NAME] or _("Passkey")
        asked = passed(request, CHALLENGE, settings)
        try:
            secured = await securing.add_passkey(
                person, name, raw.get("passkey", ""), asked, settings.public_url
            )
        except NoPasskey:
            sentence = _(
                "No passkey was made. Try again, and let the device check that it is you (finger, face or code)."
            )
            return _form(request, name, {"name": sentence})
        return renewed(request, secured, settings, _("The passkey is added."))

    @post("/{passkey:uuid}/remove")
    async def remove(
        self, request: Request, person: NamedDependency[Person], passkey: FromPath[UUID],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        secured = await securing.remove_passkey(person, passkey, settings.public_url)
        return renewed(request, secured, settings, _("The passkey is removed. It opens nothing any more."))


def _form(request: Request, name: str, errors: dict[str, str]) -> Response:
    return page(
        request, "accounts/new_passkey.html", status_code=422 if errors else 200, place="security", name=name,
        errors=errors,
    )  # fmt: skip


PAGES = [Passkeys]
