"""Signing in with the organisation's provider: the way there, the way back, and what can be wrong."""

import logging

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from palier.accounts.flows import entering as accounts
from palier.accounts.pages.entering import HOME, browser_of, welcome
from palier.accounts.rules import is_email, origin
from palier.accounts.throttle import Allowance, TooManyAttempts, take_turn
from palier.foundation.actor import Person
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_secret
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, PUBLIC, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, own_path, page, person_of, see_other
from palier.single_sign_on import store
from palier.single_sign_on.flows import arriving, beginning, sparing
from palier.single_sign_on.flows.arriving import Entered, JourneyOver, NotInvited, Proved, ToLink, Tried
from palier.single_sign_on.pages.travelling import LINKING, go_on, hop, journey_cookie, secret_in
from palier.single_sign_on.relying import ProviderAway, ProviderRefused
from palier.single_sign_on.rules.states import Purpose, State

log = logging.getLogger(__name__)

_SOUGHT = 300
"""Addresses asked about from one network address in five minutes: a whole office arrives at nine."""


class SignOn(Controller):
    """For somebody who is not signed in."""

    path = "/sso"
    opt = PUBLIC

    @get()
    async def ask(self, request: Request) -> Template:
        return _ask(request, own_path(request.query_params.get("next"), HOME))

    @post()
    async def find(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        raw = await form_of(request)
        destination, email = own_path(raw.get("next"), HOME), raw.get("email", "")
        if not is_email(email):
            return _ask(request, destination, email, _("Write your work address, such as name@example.org"))
        address = request.client.host if request.client else ""
        try:
            await take_turn(Allowance(f"providers sought from {origin(address)}", _SOUGHT))
        except TooManyAttempts:
            return _ask(
                request, destination, email, _("Too many attempts. Wait five minutes, then try again."), 429
            )
        row = await beginning.provider_for(email)
        if row is None:
            sentence = _(
                "No organisation signs in here with addresses of this domain. Sign in with your password, or ask whoever invited you."
            )
            return _ask(request, destination, email, sentence)
        return await _leave(request, row, settings, destination)

    @get("/{house:str}")
    async def door(self, request: Request, house: FromPath[str]) -> Template:
        row = await _provider(house)
        return page(
            request,
            "single_sign_on/door.html",
            provider=row,
            next=own_path(request.query_params.get("next"), HOME),
        )

    @post("/to/{house:str}")
    async def go(
        self, request: Request, house: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        row = await _provider(house)
        destination = own_path((await form_of(request)).get("next"), f"/o/{house}")
        return await _leave(request, row, settings, destination)

    @get("/callback/{house:str}")
    async def come_back(
        self, request: Request, house: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        # The one GET that writes on purpose: the provider's answer comes as one, and counts once, for the browser that
        # left (docs/architecture.md).
        only_reading.set(False)
        answer = {key: value for key, value in request.query_params.items() if isinstance(value, str)}
        state = answer.get("state", "")
        secret = secret_in(request, state, settings)
        try:
            outcome = await arriving.arrive(
                house, answer, secret, person_of(request), browser_of(request, settings), settings
            )
        except (JourneyOver, ProviderAway, ProviderRefused) as error:
            return _failed(request, house, error)
        reply = _reply(request, outcome, settings)
        reply.set_cookie(journey_cookie(state, "", settings))
        return reply

    @get("/back")
    async def resume(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        """Signed out at the provider, on the way to signing in there again."""
        secret = secret_in(request, request.query_params.get("state", ""), settings)
        try:
            address = await beginning.resume(secret, settings) if secret else ""
        except ProviderAway as error:
            return _failed(request, "", error)
        return go_on(request, address, "") if address else see_other("/sso/again")

    @get("/left")
    async def signed_out(self) -> Response:
        """Back from signing out at the provider."""
        return see_other("/signin", _("You are signed out here and at your provider."))


class SignedIn(Controller):
    """For somebody who is."""

    path = "/sso"
    opt = SIGNED_IN

    @get("/again")
    async def ask_again(self, request: Request, person: NamedDependency[Person]) -> Response:
        row = await beginning.provider_behind(person)
        destination = own_path(request.query_params.get("next"), HOME)
        return page(request, "single_sign_on/again.html", provider=row, next=destination)

    @post("/again")
    async def prove_again(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        row = await beginning.provider_behind(person)
        if row is None:
            raise NotFoundException
        destination = own_path((await form_of(request)).get("next"), HOME)
        return await _leave(request, row, settings, destination, Purpose.AGAIN, person)

    @get("/link")
    async def ask_to_link(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        try:
            row = await arriving.waiting(secret_in(request, LINKING, settings))
        except JourneyOver as error:
            return _failed(request, "", error)
        return page(request, "single_sign_on/link.html", provider=row)

    @post("/link", opt=SIGNED_IN | FRESH)
    async def link(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        secret = secret_in(request, LINKING, settings)
        try:
            entered = await arriving.link(person, secret, browser_of(request, settings), settings)
        except JourneyOver as error:
            return _failed(request, "", error)
        reply = welcome(entered.secret, entered.destination, settings, _("Your account is linked."))
        reply.set_cookie(journey_cookie(LINKING, "", settings))
        return reply

    @post("/out")
    async def leave(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        """Out here, then at the provider."""
        row = await beginning.provider_behind(person)
        address = await beginning.way_out(person, settings, "/sso/left", new_secret())
        await accounts.sign_out(person)
        if not address or row is None:
            return welcome("", "/signin", settings, _("You are signed out."))
        reply = go_on(request, address, row.name)
        reply.cookies = welcome("", "/signin", settings).cookies
        return reply

    @post("/spare/{house:str}", opt=SIGNED_IN | FRESH)
    async def use_spare_key(
        self, request: Request, person: NamedDependency[Person], house: FromPath[str]
    ) -> Response:
        try:
            await sparing.use(person, house)
        except sparing.NoSpareKey as error:
            raise NotFoundException from error
        except sparing.FactorNeeded:
            return page(
                request, "layout/error.html", status_code=403, status=403, title=_("Sign in with your second factor"),
                advice=_("Your account has a second factor and this session began without it. Sign out, then sign in with both."),
            )  # fmt: skip
        return see_other(f"/o/{house}", _("You came in without the provider. The other owners are told."))


async def _provider(house: str) -> store.IdentityProvider:
    """Raises NotFoundException for an unknown organisation and for one that signs in with Palier, alike."""
    if (row := await beginning.provider_at(house)) is None:
        raise NotFoundException
    return row


async def _leave(
    request: Request, row: store.IdentityProvider, settings: Settings, destination: str, purpose: Purpose = Purpose.ENTER,
    person: Person | None = None,
) -> Response:  # fmt: skip
    try:
        journey = await beginning.begin(row, purpose, settings, person, destination)
    except ProviderAway as error:
        return _failed(request, row.slug, error, row.name, enforced=row.state is State.ENFORCED)
    return hop(request, settings, journey, row.name)


def _reply(request: Request, outcome: arriving.Outcome, settings: Settings) -> Response:
    match outcome:
        case Entered(secret, destination):
            return welcome(secret, own_path(destination, HOME), settings)
        case Proved(secret, destination):
            return welcome(secret, own_path(destination, HOME), settings, _("Thank you: it is you."))
        case Tried():
            return page(request, "single_sign_on/tried.html", tried=outcome)
        case NotInvited(provider, belongs):
            return page(
                request,
                "single_sign_on/not_invited.html",
                status_code=403,
                provider=provider,
                belongs=belongs,
            )
        case ToLink(provider, secret):
            answer = page(request, "single_sign_on/to_link.html", provider=provider)
            answer.set_cookie(journey_cookie(LINKING, secret, settings))
            return answer


def _failed(
    request: Request, house: str, error: Exception, provider: str = "", *, enforced: bool = False
) -> Template:
    """What went wrong, as far as it helps: reasons go to the log, a stranger might be reading."""
    kind = (
        "over" if isinstance(error, JourneyOver) else "away" if isinstance(error, ProviderAway) else "refused"
    )
    if kind != "over":
        log.warning("sign-on at %s: %s %s", house, kind, getattr(error, "reason", ""))
    status = {"over": 400, "away": 503, "refused": 403}[kind]
    return page(
        request, "single_sign_on/failed.html", status_code=status, kind=kind, house=house, provider=provider,
        enforced=enforced,
    )  # fmt: skip


def _ask(request: Request, destination: str, email: str = "", error: str = "", status: int = 422) -> Template:
    return page(
        request, "single_sign_on/ask.html", status_code=status if error else 200, next=destination, email=email,
        errors={"email": error} if error else {},
    )  # fmt: skip


PAGES = [SignOn, SignedIn]
