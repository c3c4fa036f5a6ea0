"""What every page shares: the answer with its context, the redirect with its notice, forms, clear errors."""

import hashlib
import logging
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import CacheControlHeader, Cookie
from litestar.enums import MediaType, ScopeType
from litestar.exceptions import ClientException, HTTPException, NotFoundException, PermissionDeniedException
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect, Template
from litestar.types import ASGIApp, Receive, Scope, Send
from tortoise.exceptions import BaseORMException, DBConnectionError, DoesNotExist, ValidationError

from palier.foundation import away, language, watch
from palier.foundation.actor import Actor, NetworkActor, Person, StaffActor
from palier.foundation.database import only_reading
from palier.foundation.headers import cookie_of
from palier.foundation.identifiers import slugify
from palier.foundation.language import gettext as _
from palier.foundation.operations import AlreadyDone
from palier.foundation.patience import TooSlow, patient
from palier.foundation.presumed import Unproved

log = logging.getLogger(__name__)
STATIC = Path(__file__).parents[3] / "static"
Form = TypeVar("Form", bound=msgspec.Struct)
FOR_EVER = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
SAFE = {"GET", "HEAD", "OPTIONS"}
_LONGEST_STEP = 200
"""Characters between two slashes; a file's name may have 255 bytes."""


class SignInNeeded(Exception):
    """Nobody is signed in and the page needs somebody."""


# --- answers --------------------------------------------------------------------------------------------------------


def person_of(request: ASGIConnection) -> Person | None:
    """Whoever is signed in, on any page."""
    return request.scope.get("state", {}).get("person")


def page(request: Request, template: str, *, status_code: int = 200, **context: Any) -> Template:
    """A whole page: `template` with what every layout needs around `context`.

    `nav` in the context names the current entry of the main navigation; `title_error` prefixes the title.
    """
    state = request.scope.get("state", {})
    shared = {
        "person": state.get("person"),
        "actor": state.get("actor"),
        "network_actor": state.get("network_actor"),
        "consultant": state.get("consultant", False),
        "notice": unquote(cookie_of(request, "notice")),
        "locale": language.current(),
        "path": request.url.path,
        "page_path": request.url.path,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "nav": "",
        "htmx": is_htmx(request),
    }
    return Template(template, context=shared | context, status_code=status_code, media_type=MediaType.HTML)


def see_other(location: str, notice: str = "") -> Redirect:
    """After a form: go to `location` (a path of ours), with one banner there that is gone on the next page."""
    cookies = (
        [Cookie(key="notice", value=quote(notice), httponly=True, samesite="lax", path="/")] if notice else []
    )
    return Redirect(location, status_code=303, cookies=cookies)


def saved_as(name: str) -> str:
    """The header that has a file saved under `name`, never shown, spelt out for browsers of any age (RFC 6266)."""
    words = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', "-", name)
    stem, _dot, ending = words.rpartition(".")
    return f"attachment; filename=\"{slugify(stem)}.{ending}\"; filename*=UTF-8''{quote(words, safe='')}"


def kept_file(media_type: str, name: str, data: bytes) -> Response[bytes]:
    """A file somebody else sent: to be saved, never run, never shown in place, kept by no cache."""
    headers = {
        "content-disposition": saved_as(name),
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "private, no-store",
        "cross-origin-resource-policy": "same-origin",
    }
    return Response(data, media_type=media_type, headers=headers)


def is_htmx(request: ASGIConnection) -> bool:
    """Whether htmx asked, and a fragment is enough."""
    return request.headers.get("hx-request") == "true"


def own_path(location: str | None, otherwise: str) -> str:
    """`location` when it is a path on this site, else `otherwise`: no redirect ever leaves the site."""
    if not location or not location.startswith("/") or location.startswith("//"):
        return otherwise
    if any(character in location for character in "\\\t\r\n\0") or urlsplit(location).netloc:
        return otherwise
    return location


# --- forms ----------------------------------------------------------------------------------------------------------


async def form_of(request: Request) -> dict[str, str]:
    """The posted fields as text, last value winning, without surrounding blanks or carriage returns."""
    posted = await request.form()
    return {
        key: value.replace("\r\n", "\n").replace("\0", "").strip()
        for key, value in posted.multi_items()
        if isinstance(value, str)
    }


def parse(cls: type[Form], raw: dict[str, str]) -> tuple[Form | None, dict[str, str]]:
    """`raw` as the struct `cls`, or what is wrong with each field, in words. Empty fields count as not given."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in msgspec.structs.fields(cls):
        text = raw.get(field.encode_name, "")
        if not text:
            if field.required:
                errors[field.name] = _("Fill in this field")
            continue
        try:
            values[field.name] = msgspec.convert(text, field.type, strict=False)
        except msgspec.ValidationError:
            errors[field.name] = _("This value cannot be used here")
    return (None if errors else cls(**values)), errors


@cache
def asset(path: str) -> str:
    """The address of a static file, changing with its content so that browsers may keep it for ever."""
    file = STATIC / path
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "missing"
    return f"/static/{path}?v={version}"


# --- middleware -----------------------------------------------------------------------------------------------------


class Manners(ASGIMiddleware):
    """The reader's language, GETs that cannot write, unsafe requests from our own pages only."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        connection: ASGIConnection = ASGIConnection(scope)
        language.use(_chosen_language(connection))
        _refuse_impossible(scope)
        safe = scope.get("method", "GET") in SAFE
        only_reading.set(safe)
        keyed = getattr(scope.get("route_handler"), "opt", {}).get("exclude_from_csrf", False)
        if not safe and not keyed and _from_elsewhere(connection):
            raise PermissionDeniedException("this form was sent from another site")
        await next_app(scope, receive if safe else patient(receive), send)


def _refuse_impossible(scope: Scope) -> None:
    """The one character PostgreSQL cannot hold, and steps that no file system has: no address of ours, no search finds them."""
    path = scope["path"]
    if "\0" in path or (
        len(path) > _LONGEST_STEP and any(len(one) > _LONGEST_STEP for one in path.split("/"))
    ):
        raise NotFoundException
    if b"%00" in scope.get("query_string", b""):
        raise ClientException("a question holds a null character")


def language_in(path: str) -> str | None:
    """The language an address names (/fr/method), whoever reads it."""
    first = path.split("/")[1]
    return first if first in language.LOCALES else None


def _chosen_language(connection: ASGIConnection) -> str:
    accepted = language.negotiate(connection.headers.get("accept-language", ""))
    return language_in(connection.scope["path"]) or cookie_of(connection, "locale") or accepted


def _from_elsewhere(connection: ASGIConnection) -> bool:
    """Litestar's CSRF token is not bound to the session, so the browser's own word on where the form was is asked too."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("host", "")


# --- errors ---------------------------------------------------------------------------------------------------------


def _wrong(
    request: Request, status: int, title: str, advice: str, headers: dict[str, str] | None = None
) -> Response:
    number = "" if status == 404 else watch.number()  # a stranger's page and an unknown one look alike
    answer = page(
        request, "layout/error.html", status_code=status, title=title, advice=advice, status=status, number=number
    )  # fmt: skip
    answer.headers |= headers or {}
    return answer


def show_http_error(request: Request, error: HTTPException) -> Response:
    """Refusals in words that say what to do. A stranger's row and an unknown one look alike."""
    if error.status_code == 404 or isinstance(error, NotFoundException):
        return _wrong(
            request,
            404,
            _("Page not found"),
            _("The address may be mistyped, or you may not have access to this page."),
        )
    if error.status_code == 403:
        return _wrong(
            request,
            403,
            _("You cannot do this here"),
            _(
                "Reload the page and try again. If it goes on, ask the person who runs the assessment for access."
            ),
        )
    if error.status_code == 405:
        return _wrong(
            request,
            405,
            _("This address does not work that way"),
            _("Go back and use the page’s own buttons."),
        )
    if error.status_code == 413:
        return _wrong(request, 413, _("That is too large"), _("Send less at once: ten megabytes at most."))
    if error.status_code >= 500:
        return show_fault(request, error)
    return _wrong(
        request,
        error.status_code,
        _("This request could not be read"),
        _("Go back, reload the page and try again."),
    )


def show_missing(request: Request, _error: DoesNotExist) -> Response:
    """A scoped query found no row: for this reader it does not exist, whoever it may belong to."""
    return show_http_error(request, NotFoundException())


def show_unlikely(request: Request, error: ValidationError) -> Response:
    """An address or a field longer than any we keep: nothing is found by it, and nothing was written."""
    if request.method in SAFE:
        return show_http_error(request, NotFoundException())
    log.warning("a form was sent what no column holds")
    return show_http_error(request, ClientException(str(error)[:80]))


def show_sign_in(request: Request, _error: SignInNeeded) -> Response:
    """A page opens the sign-in form; a background save is told 401, and the page asks without losing the text."""
    if is_htmx(request) or request.headers.get("sec-fetch-mode") == "cors":
        return Response("", status_code=401, media_type=MediaType.HTML)
    location = "/signin" if request.method not in SAFE else f"/signin?next={quote(request.url.path)}"
    return Redirect(location, status_code=303)


def show_done_already(_request: Request, done: AlreadyDone) -> Response:
    """The same form again leads to the same place."""
    return Redirect(own_path(done.location, "/"), status_code=303)


def show_away(request: Request, error: Exception) -> Response:
    """Something we stand on is away: nothing was kept, and the browser is told when to come back."""
    told = away.told_of(error)
    log.log(logging.ERROR if told.alarming else logging.WARNING, "%s: %s", told.alarm, type(error).__name__)
    return _wrong(request, 503, told.title, told.advice, {"retry-after": str(told.seconds)})


def show_too_slow(request: Request, _error: TooSlow) -> Response:
    """The form came drop by drop. The connection ends with this: what is still to come would be read as a new request."""
    return _wrong(
        request,
        408,
        _("That took too long to arrive"),
        _("Your connection may be weak. Nothing was saved: go back and try again, with less at once."),
        {"connection": "close"},
    )


def show_unproved(_request: Request, _error: Unproved) -> Response:
    """Nobody sees it: the entrance asks by the book, and everything is done again."""
    return Response("", status_code=500, media_type=MediaType.HTML)


def show_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: the details go to the log, never to the page."""
    if _is_away(error) or _is_away(error.__cause__):
        return show_away(request, error)
    log.error("a request failed", exc_info=error)
    return _wrong(
        request,
        500,
        _("Something went wrong on our side"),
        _("It has been written down for us. Go back and try again; what was saved is safe."),
    )


def _is_away(error: BaseException | None) -> bool:
    """A template that is missing calls itself an OSError: it is a fault of ours, and stays away."""
    return isinstance(error, _AWAY) and not isinstance(error, LookupError)


_AWAY = (
    asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError, asyncpg.LockNotAvailableError, asyncpg.InterfaceError,
    asyncpg.PostgresIOError, asyncpg.QueryCanceledError, asyncpg.DeadlockDetectedError,
    asyncpg.InternalClientError,  # what asyncpg says when a connection breaks between two of its own messages
    ConnectionError, OSError, TimeoutError, DBConnectionError,
)  # fmt: skip

HANDLERS: dict[type[Exception] | int, Any] = {
    HTTPException: show_http_error,
    SignInNeeded: show_sign_in,
    AlreadyDone: show_done_already,
    TooSlow: show_too_slow,
    Unproved: show_unproved,
    DoesNotExist: show_missing,
    ValidationError: show_unlikely,
    BaseORMException: show_fault,
    Exception: show_fault,
}


def provide_person(request: Request) -> Person:
    """The signed-in person. Raises SignInNeeded."""
    if (person := person_of(request)) is None:
        raise SignInNeeded
    return person


def provide_actor(request: Request) -> Actor:
    """The signed-in person in the organisation of the address; the entrance has already checked the permission."""
    actor: Actor = request.scope["state"]["actor"]
    return actor


def provide_network_actor(request: Request) -> NetworkActor:
    """The signed-in person on the staff of the network of the address."""
    actor: NetworkActor = request.scope["state"]["network_actor"]
    return actor


def provide_staff_actor(request: Request) -> StaffActor:
    """The signed-in person at work for the platform; the entrance has already checked it."""
    actor: StaffActor = request.scope["state"]["staff_actor"]
    return actor
