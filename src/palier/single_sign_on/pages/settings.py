"""The owner's page of signing in: provider, trial, domains, newcomers, spare keys, and what it is for."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.accounts.throttle import TooManyAttempts
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, Permission, Role, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network.flows.inviting import NotInADemonstration
from palier.single_sign_on import wording
from palier.single_sign_on.flows import beginning, configuring, owning
from palier.single_sign_on.flows.configuring import LastSpareKey, NotReady, Registration, SecretMissing
from palier.single_sign_on.flows.owning import DomainHeld, DomainRefused, NotProved, TooManyDomains
from palier.single_sign_on.name_server import NoNameServer
from palier.single_sign_on.pages.travelling import hop
from palier.single_sign_on.relying import ProviderAway
from palier.single_sign_on.rules import domains as rules
from palier.single_sign_on.rules.domains import KEEPERS
from palier.single_sign_on.rules.profiles import Preset
from palier.single_sign_on.rules.states import Obstacle, Purpose, State

Errors = dict[str, str]
_OWNER = needs(Permission.MANAGE_ORGANISATION)


class SignOnSettings(Controller):
    """How the organisation's people sign in."""

    path = "/o/{org:str}/settings/sign-on"
    opt = _OWNER

    @get()
    async def show(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Template:
        return await _show(request, actor, settings)

    @post("/provider", opt=_OWNER | FRESH)
    async def register(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        given, errors = _registration_in(raw)
        try:
            if given:
                await configuring.register(actor, given, settings)
        except ProviderAway as error:
            errors = {
                "issuer": _("No provider answers at this address: %(reason)s") % {"reason": error.reason}
            }
        except SecretMissing:
            errors = {"client_secret": _("Type the secret that goes with this client")}
        except NotInADemonstration:
            errors = {"issuer": _demonstration()}
        if errors:
            return await _show(request, actor, settings, errors, raw)
        return _back(actor, _("The provider is saved. Try the connection next."))

    @post("/try", opt=_OWNER | FRESH)
    async def attempt(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        row = (await configuring.overview(actor)).provider
        if row is None:
            return _back(actor, wording.obstacle(Obstacle.NO_PROVIDER))
        try:
            journey = await beginning.begin(row, Purpose.TRIAL, settings, actor.person)
        except ProviderAway as error:
            sentence = _("The provider does not answer: %(reason)s") % {"reason": error.reason}
            return await _show(request, actor, settings, {"try": sentence})
        return hop(request, settings, journey, row.name)

    @post("/state", opt=_OWNER | FRESH)
    async def choose(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        if raw.get("state") not in set(State):
            return await _show(request, actor, settings, {"state": _("Choose one of these")}, raw)
        try:
            await configuring.choose_state(actor, State(raw["state"]))
        except NotReady as error:
            sentence = " ".join(wording.obstacle(one) for one in error.missing)
            return await _show(request, actor, settings, {"state": sentence}, raw)
        return _back(
            actor, _("Signing in is changed: %(state)s.") % {"state": wording.state_name(State(raw["state"]))}
        )

    @post("/newcomers", opt=_OWNER | FRESH)
    async def newcomers(self, request: Request, actor: NamedDependency[Actor]) -> Response:
        wanted = (await form_of(request)).get("role", "")
        await configuring.welcome(actor, Role(wanted) if wanted in set(Role) else None)
        return _back(actor, _("The choice for newcomers is saved."))

    @post("/spare-keys", opt=_OWNER | FRESH)
    async def spare(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        chosen = (await request.form()).getall("person", [])
        try:
            await configuring.give_spare_keys(actor, {found for one in chosen if (found := _uuid(one))})
        except LastSpareKey:
            sentence = _("While the provider is the only way in, at least one owner keeps a spare key.")
            return await _show(request, actor, settings, {"person": sentence})
        except NotInADemonstration:
            return await _show(request, actor, settings, {"person": _demonstration()})
        return _back(actor, _("The spare keys are saved."))

    @post("/remove", opt=_OWNER | FRESH)
    async def remove(self, actor: NamedDependency[Actor]) -> Response:
        await configuring.remove(actor)
        return _back(actor, _("The provider is removed. Everybody signs in with Palier again."))

    @post("/domains", opt=_OWNER | FRESH)
    async def name(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        try:
            row = await owning.name(actor, raw.get("domain", ""))
        except DomainRefused as error:
            return await _show(request, actor, settings, {"domain": wording.domain_fault(error.fault)}, raw)
        except TooManyDomains:
            return await _show(request, actor, settings, {"domain": _("No more domains can be added")}, raw)
        except NotInADemonstration:
            return await _show(request, actor, settings, {"domain": _demonstration()}, raw)
        return _back(actor, _("%(domain)s is noted. Prove that it is yours.") % {"domain": row.domain})

    @post("/domains/{domain:uuid}/{act:str}", opt=_OWNER | FRESH)
    async def act(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings],
        domain: FromPath[UUID], act: FromPath[str],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        try:
            notice = await _do(actor, domain, act, raw, settings)
        except _REFUSALS as error:
            return await _show(request, actor, settings, {f"code-{domain}": _refusal(error)}, raw)
        return _back(actor, notice)


_REFUSALS = (NotProved, NoNameServer, DomainHeld, TooManyAttempts, NotReady)


async def _do(actor: Actor, domain: UUID, act: str, raw: dict[str, str], settings: Settings) -> str:
    match act:
        case "look":
            await owning.look(actor, domain, settings)
            return _("The domain is proved.")
        case "mail":
            await owning.mail_code(actor, domain, raw.get("keeper", ""))
            return _("The code is on its way. It can be typed here within one hour.")
        case "code":
            await owning.give_code(actor, domain, raw.get("code", ""))
            return _("The domain is proved.")
        case _:
            await owning.let_go(actor, domain)
            return _("The domain is removed.")


def _refusal(error: Exception) -> str:
    match error:
        case NoNameServer():
            return _("The name servers do not answer at the moment. Try again in a few minutes.")
        case DomainHeld():
            return _(
                "Another organisation has proved this domain. Ask its owners to remove it, or write to us."
            )
        case TooManyAttempts():
            return _("Too many attempts. Wait five minutes, then try again.")
        case NotReady():
            return _("While the provider is the only way in, one proved domain stays.")
        case _:
            return _(
                "No proof was found. A new DNS record can take an hour to be seen; a code is the one of the last message."
            )


def _demonstration() -> str:
    return _("A demonstration has no provider of its own. Create your organisation to set one up.")


def _registration_in(raw: dict[str, str]) -> tuple[Registration | None, Errors]:
    errors: Errors = {}
    for field, longest in (("name", 80), ("issuer", 300), ("client_id", 200)):
        if not raw.get(field):
            errors[field] = _("Fill in this field")
        elif len(raw[field]) > longest:
            errors[field] = _("This value cannot be used here")
    if raw.get("preset") not in set(Preset):
        errors["preset"] = _("Choose one of these")
    if "issuer" not in errors and not _is_issuer(raw["issuer"]):
        errors["issuer"] = _("Write the issuer’s address, such as https://login.example.org")
    if errors:
        return None, errors
    return Registration(
        Preset(raw["preset"]), raw["name"], raw["issuer"], raw["client_id"], raw.get("client_secret", "")[:500],
        second_factor=raw.get("second_factor") == "yes",
    ), {}  # fmt: skip


def _is_issuer(text: str) -> bool:
    """Whether an issuer can stand there at all (Discovery 1.0, 3); whether it may be called is decided by the call."""
    try:
        place = urlsplit(text)
        return (
            place.scheme in ("https", "http")
            and bool(place.hostname)
            and not (place.query or place.fragment or place.username)
        )
    except ValueError:
        return False


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


async def _show(
    request: Request, actor: Actor, settings: Settings, errors: Errors | None = None, raw: dict[str, str] | None = None
) -> Template:  # fmt: skip
    seen = await configuring.overview(actor)
    row = seen.provider
    saved = {
        "preset": row.preset if row else Preset.GENERIC, "name": row.name if row else "", "issuer": row.issuer if row else "",
        "client_id": row.client_id if row else "", "second_factor": "yes" if row and row.second_factor else "",
        "state": row.state if row else State.OFF, "role": row.newcomer_role if row else "", "domain": "",
    }  # fmt: skip
    return page(
        request, "single_sign_on/settings.html", status_code=422 if errors else 200, seen=seen, provider=row,
        values=saved | (raw or {}), errors=errors or {}, presets=wording.preset_choices(), states=wording.state_choices(),
        roles=wording.role_choices(), callback=beginning.redirect_uri(actor.organisation.slug, settings.public_url),
        site=settings.public_url, now=now(), record_name=rules.record_name, record_text=rules.record_text,
        keepers=KEEPERS, state_name=wording.state_name, secret_kept=bool(row and row.client_secret),
    )  # fmt: skip


def _back(actor: Actor, notice: str) -> Response:
    return see_other(f"/o/{actor.organisation.slug}/settings/sign-on", notice)


PAGES = [SignOnSettings]
