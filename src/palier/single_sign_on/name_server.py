"""Asking the name servers for the record that proves a domain."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from palier.foundation.later import Later

if TYPE_CHECKING:
    from dns import asyncresolver, exception, resolver
else:
    asyncresolver, exception = Later("dns.asyncresolver"), Later("dns.exception")
    resolver = Later("dns.resolver")

_SECONDS = 5.0


class NoNameServer(Exception):
    """Nobody answered: nothing is known about the record."""


async def texts_at(name: str, server: str | None) -> list[str]:
    """The TXT records at `name`, asked of `server` ("host" or "host:port") or the machine's own. Raises NoNameServer."""
    try:
        asked = _resolver(server)
        answer = await asked.resolve(name, "TXT", lifetime=_SECONDS, search=False)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except (exception.DNSException, OSError) as error:
        raise NoNameServer(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _resolver(server: str | None) -> "asyncresolver.Resolver":
    if server is None:
        return asyncresolver.Resolver()
    place = urlsplit(f"//{server}")
    asked = asyncresolver.Resolver(configure=False)
    asked.nameservers = [str(place.hostname)]
    asked.port = place.port or 53
    return asked
