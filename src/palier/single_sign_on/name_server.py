"""Asking the name servers for the record that proves a domain."""

from urllib.parse import urlsplit

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer

_SECONDS = 5.0


class NoNameServer(Exception):
    """Nobody answered: nothing is known about the record."""


async def texts_at(name: str, server: str | None) -> list[str]:
    """The TXT records at `name`, asked of `server` ("host" or "host:port") or the machine's own. Raises NoNameServer."""
    try:
        resolver = _resolver(server)
        answer = await resolver.resolve(name, "TXT", lifetime=_SECONDS, search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, OSError) as error:
        raise NoNameServer(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _resolver(server: str | None) -> Resolver:
    if server is None:
        return Resolver()
    place = urlsplit(f"//{server}")
    resolver = Resolver(configure=False)
    resolver.nameservers = [str(place.hostname)]
    resolver.port = place.port or 53
    return resolver
