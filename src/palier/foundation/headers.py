"""What every answer says to browsers besides its content, whoever made it: security headers, caching, cookies on https.

`seal` is the application's last hook before an answer leaves: refusals of the framework itself (a foreign host, an
unknown method) pass it too. docs/security.md says which test keeps which header.
"""

from http.cookies import SimpleCookie

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_ALWAYS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_ON_HTTPS = {"strict-transport-security": "max-age=31536000"}
"""Of this name alone: what stands beside it in the operator's domain is theirs to decide."""
_ALL = [(name.encode(), value.encode()) for name, value in _ALWAYS.items()]
_ALL_ON_HTTPS = [*_ALL, *((name.encode(), value.encode()) for name, value in _ON_HTTPS.items())]

HOST_ONLY = "__Host-"
"""What the names of all cookies begin with on https: a neighbouring site of the same domain can then plant none."""


def is_secure(connection: ASGIConnection) -> bool:
    """Whether browsers reach this application by https."""
    return bool(connection.app.state.get("secure"))


def cookie_of(connection: ASGIConnection, name: str) -> str:
    """What the browser's cookie `name` holds, or nothing; on https only the one no neighbour could set."""
    return connection.cookies.get(f"{HOST_ONLY}{name}" if is_secure(connection) else name, "")


async def seal(message: Message, scope: Scope) -> None:
    """Add to an answer that starts what it has to say (a Litestar `before_send` hook)."""
    if message["type"] != "http.response.start":
        return
    connection: ASGIConnection = ASGIConnection(scope)
    headers = MutableScopeHeaders.from_message(message)
    secure = is_secure(connection)
    given = {name for name, _ in headers.headers}
    headers.headers += [each for each in (_ALL_ON_HTTPS if secure else _ALL) if each[0] not in given]
    _say_what_may_be_kept(headers, connection, message["status"])
    _spend_notice(headers, connection, message["status"])
    if secure:
        _bind_cookies(headers)


def _say_what_may_be_kept(headers: MutableScopeHeaders, connection: ASGIConnection, status: int) -> None:
    """Nothing of a person's, and no refusal, stays in a browser or on the way to it."""
    file = str(connection.scope["path"]).startswith("/static/")
    known = "person" in connection.scope.get("state", {})
    if status >= 400 or (known and not file):
        headers["cache-control"] = _stricter(headers.get("cache-control", ""))
    elif not file:
        headers.setdefault("cache-control", "no-cache")
    if not file:
        headers.setdefault("vary", "HX-Request, Accept-Language, Cookie")


def _stricter(said: str) -> str:
    return said if "no-store" in said else "no-store"


def _spend_notice(headers: MutableScopeHeaders, connection: ASGIConnection, status: int) -> None:
    """The banner of a redirect is gone once a page showed it."""
    shown = status == 200 and connection.scope.get("method") == "GET"
    if shown and cookie_of(connection, "notice") and "text/html" in headers.get("content-type", ""):
        gone: SimpleCookie = SimpleCookie({"notice": ""})
        gone["notice"] |= {"path": "/", "max-age": 0, "httponly": True, "samesite": "lax"}
        headers.add("set-cookie", gone["notice"].OutputString())


def _bind_cookies(headers: MutableScopeHeaders) -> None:
    """Every cookie that leaves by https is Secure and for this host alone, whoever set it."""
    written = headers.getall("set-cookie", [])
    if not written:
        return
    del headers["set-cookie"]
    for cookie in written:
        named = cookie if cookie.startswith("__") else f"{HOST_ONLY}{cookie}"
        headers.add("set-cookie", named if "; secure" in named.lower() else f"{named}; Secure")
