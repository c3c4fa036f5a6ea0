"""`/metrics`: the figures, for the one who knows the token; for everybody else the address does not exist."""

import hmac

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from palier.foundation import watch
from palier.foundation.figure import CONTENT_TYPE
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.platform.flows.figures import figures


@get("/metrics", opt=PUBLIC | {"unwatched": True})
async def metrics(request: Request, settings: NamedDependency[Settings]) -> Response[bytes]:
    """Prometheus' text format. Raises NotFoundException without the token, and where nothing is counted."""
    if not watch.watchers or not _knows(request, settings.metrics_token):
        raise NotFoundException
    besides = await figures(settings.data_directory)
    text = next(filter(None, (watcher.text(besides) for watcher in watch.watchers)), None)
    if text is None:
        raise NotFoundException
    return Response(text, headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})


def _knows(request: Request, token: str | None) -> bool:
    given = request.headers.get("authorization", "").encode()
    return token is not None and hmac.compare_digest(given, f"Bearer {token}".encode())


PAGES = [metrics]
