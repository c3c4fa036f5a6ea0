"""What machines ask: whether the process lives, whether it can serve, what robots may read, whom to tell of a hole."""

from datetime import timedelta

from litestar import MediaType, Response, get, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod

from palier.foundation.clock import now
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.platform.flows.readiness import obstacles

_ASKED = [HttpMethod.GET, HttpMethod.HEAD]


@route("/healthz", http_method=_ASKED, opt=PUBLIC, media_type=MediaType.TEXT)
async def alive() -> str:
    """The process answers. Touches nothing, so that an unwell database restarts no web process."""
    return "alive\n"


@route("/readyz", http_method=_ASKED, opt=PUBLIC)
async def ready(settings: NamedDependency[Settings]) -> Response[str]:
    """200 when people can be served; 503 and one reason a line otherwise."""
    reasons = await obstacles(settings.data_directory)
    status, text = (503, "\n".join(reasons)) if reasons else (200, "ready")
    return Response(f"{text}\n", status_code=status, media_type=MediaType.TEXT)


@get("/robots.txt", opt=PUBLIC, media_type=MediaType.TEXT)
async def robots() -> str:
    """The public pages are for everybody, the rest concerns those who sign in."""
    closed = (
        "/o/",
        "/n/",
        "/home",
        "/account",
        "/portfolio",
        "/invite/",
        "/confirm/",
        "/reset/",
        "/demo",
        "/admin",
        "/keep-factors/",
    )
    return "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed)


@get("/.well-known/security.txt", opt=PUBLIC, media_type=MediaType.TEXT)
async def security(settings: NamedDependency[Settings]) -> str:
    """RFC 9116: whom to tell of a weakness."""
    expires = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    address = f"{settings.public_url}/.well-known/security.txt"
    return f"Contact: mailto:{settings.contact}\nExpires: {expires}\nPreferred-Languages: fr, en\nCanonical: {address}\n"


PAGES = [alive, ready, robots, security]
