"""Asking once more who somebody is, before an act that matters, without losing what they typed."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.di import NamedDependency
from litestar.enums import MediaType, ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from palier.accounts.flows import proving
from palier.accounts.flows.proving import Means, Proof, WrongProof
from palier.accounts.pages.entering import CHALLENGE, passed, too_often
from palier.accounts.pages.second_step import challenge
from palier.accounts.sessions import cookie
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import SAFE, form_of, is_htmx, own_path, page, person_of, see_other

_MARK = "proof-"
"""What the names of our own fields begin with: `proof-password`, `proof-code`, `proof-passkey`."""

_RENEWED = "renewed session"


@dataclass(frozen=True, slots=True)
class Held:
    """A form that waits for its person's proof: its fields, and whether it carried files, which no page can give back."""

    fields: tuple[tuple[str, str], ...]
    files: bool


class ProofNeeded(Exception):
    """The route is for people who proved lately who they are, and this one's proof is too old."""

    def __init__(
        self, means: Means | None = None, held: Held | None = None, error: str = "", field: str = ""
    ) -> None:
        super().__init__("proof needed")
        self.means = means
        self.held = held
        self.errors = {field: error} if error else {}


class Freshness(ASGIMiddleware):
    """Stands before routes marked FRESH. A form comes back as a page that carries its fields and asks for a proof; sent
    again with one, it goes on to its handler as if nothing had been between, under a renewed session.

    Two halves: `ask` comes last before the handler, after the check of the form's token; around it, the middleware sends the
    renewed session's cookie along.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def ask(self, request: Request) -> None:
        """Raises ProofNeeded where the last proof is too old and none comes with the form."""
        if not request.route_handler.opt.get("fresh", False):
            return
        person = person_of(request)
        if person is None or proving.covered(person):
            return
        if request.method in SAFE:
            raise ProofNeeded
        secret = await _proved(request, person, self._settings)
        _note(request.scope["state"], person)
        request.scope["state"][_RENEWED] = cookie(secret, secure=self._settings.secure)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        asks = getattr(scope.get("route_handler"), "opt", {}).get("fresh", False)
        await next_app(scope, receive, _with_cookie(scope, send) if asks else send)


async def _proved(request: Request, person: Person, settings: Settings) -> str:
    """The renewed session's secret. Raises ProofNeeded, with what was typed."""
    form = await request.form()
    posted = list(form.multi_items())
    proof = _proof({name: value for name, value in posted if isinstance(value, str)}, request, settings)
    field, error = _field(proof), ""
    if proof.given:
        try:
            return await proving.prove(person, proof, settings.public_url, settings.secrets)
        except WrongProof:
            error = wrong_proof(field)
        except TooManyAttempts:
            error = too_often()
    await form.close()  # whatever files there were: the handler never sees them
    raise ProofNeeded(await proving.means_of(person), _held(posted), error, f"{_MARK}{field}")


def _proof(raw: dict[str, str], request: Request, settings: Settings) -> Proof:
    password, code, passkey = (raw.get(f"{_MARK}{name}", "") for name in ("password", "code", "passkey"))
    return Proof(password, code.strip(), passkey, passed(request, CHALLENGE, settings))


def _field(proof: Proof) -> str:
    return "code" if proof.code and not proof.password else "passkey" if proof.passkey else "password"


def _held(posted: list[tuple[str, Any]]) -> Held:
    texts = tuple(
        (name, value)
        for name, value in posted
        if isinstance(value, str) and not name.startswith(_MARK) and name != "_csrf_token"
    )
    return Held(texts, any(not isinstance(value, str) and value.filename for _, value in posted))


def _note(state: Any, person: Person) -> None:
    """The rest of the request knows that its person has just proved who they are."""
    state["person"] = proved = replace(person, proved_at=now())
    for name in ("actor", "network_actor"):
        if state.get(name):
            state[name] = replace(state[name], person=proved)


def _with_cookie(scope: Scope, send: Send) -> Send:
    """Send the renewed session's cookie along, if there is one, unless the handler has opened another session."""

    async def sending(message: Message) -> None:
        fresh: Cookie | None = scope["state"].get(_RENEWED)
        if message["type"] == "http.response.start" and fresh:
            headers = MutableScopeHeaders.from_message(message)
            if not any(one.startswith(f"{fresh.key}=") for one in headers.getall("set-cookie", [])):
                headers.add("set-cookie", fresh.to_header(header=""))
        await send(message)

    return sending


def show_proof(request: Request, needed: ProofNeeded) -> Response:
    """A page goes by /account/confirm; a form becomes the question, and takes the place of the page that htmx shows."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if needed.held is None or needed.means is None:
        return Redirect(f"/account/confirm?next={quote(here)}", status_code=303)
    if request.headers.get("sec-fetch-mode") == "cors" and not is_htmx(request):
        return Response("", status_code=403, media_type=MediaType.TEXT)
    answer = page(
        request, "accounts/prove.html", status_code=200 if is_htmx(request) else 403, action=here, held=needed.held,
        means=needed.means, errors=needed.errors, back=_page_before(request),
    )  # fmt: skip
    if is_htmx(request):
        answer.headers |= {"hx-retarget": "#content", "hx-reselect": "#content", "hx-reswap": "outerHTML"}
    return answer


def _page_before(request: Request) -> str:
    """The page the form stood on, for one that has to be filled in again."""
    before = urlsplit(request.headers.get("referer", ""))
    return own_path(before.path + (f"?{before.query}" if before.query else ""), "/home")


def wrong_proof(field: str) -> str:
    """Why a proof was refused."""
    match field:
        case "password":
            return _("This is not your password")
        case "code":
            return _("This code is not right. Type the one that your app shows now; none is taken twice.")
        case _:
            return _("This passkey is not known here, or the question to it was too old. Try again.")


class Confirm(Controller):
    """Proving who one is first, on the way to a page or to a form with files."""

    path = "/account/confirm"
    opt = SIGNED_IN

    @get()
    async def show(self, request: Request, person: NamedDependency[Person]) -> Response:
        destination = own_path(request.query_params.get("next"), "/account/security")
        if proving.covered(person):
            return see_other(destination)
        return await _form(request, person, destination)

    @post()
    async def prove(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        destination = own_path(raw.get("next"), "/account/security")
        if proving.covered(person):
            return see_other(destination)
        proof = _proof(raw, request, settings)
        field = f"{_MARK}{_field(proof)}"
        try:
            secret = await proving.prove(person, proof, settings.public_url, settings.secrets)
        except WrongProof:
            return await _form(request, person, destination, {field: wrong_proof(_field(proof))})
        except TooManyAttempts:
            return await _form(request, person, destination, {field: too_often()}, 429)
        answer = see_other(destination)
        answer.set_cookie(cookie(secret, secure=settings.secure))
        return answer

    @post("/options")
    async def options(self, person: NamedDependency[Person], settings: NamedDependency[Settings]) -> Response:
        return challenge(await proving.ask_passkey(person, settings.public_url), settings)


async def _form(
    request: Request,
    person: Person,
    destination: str,
    errors: dict[str, str] | None = None,
    status_code: int = 200,
) -> Response:
    status = 422 if errors and status_code == 200 else status_code
    return page(
        request, "accounts/prove.html", status_code=status, action="/account/confirm", back=destination,
        held=Held((("next", destination),), files=False), means=await proving.means_of(person), errors=errors or {},
    )  # fmt: skip


PAGES = [Confirm]
