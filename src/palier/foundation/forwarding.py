"""Who is at the other end when a router stands in front: its word is taken only where the settings name the router."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

App = Callable[[Any, Any, Any], Any]


@lru_cache(1024)
def client_of(peer: str, forwarded: str, trusted: tuple[str, ...]) -> str:
    """The client's address: the last hop in X-Forwarded-For that is no router of ours, if `peer` is one; else `peer`.

    What stands further left was written by whoever sent the request, and is believed by nobody.
    """
    for hop in [peer, *reversed([part.strip() for part in forwarded.split(",") if part.strip()])]:
        if not _is_ours(hop, trusted):
            return hop if _is_address(hop) else peer
    return peer


def seen_through(trusted: tuple[str, ...]) -> Callable[[App], App]:
    """A middleware that puts the client's own address where the router's stands."""

    def wrapped(app: App) -> App:
        async def seen(scope: Any, receive: Any, send: Any) -> None:
            if scope.get("client"):
                host, port = scope["client"]
                values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
                forwarded = b",".join(values).decode("latin-1")
                scope["client"] = (client_of(host, forwarded, trusted), port)
            await app(scope, receive, send)

        return seen

    return wrapped


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_ours(hop: str, trusted: tuple[str, ...]) -> bool:
    return _is_address(hop) and any(ip_address(hop) in ip_network(one) for one in trusted)
