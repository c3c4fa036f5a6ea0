"""Requests to addresses that other people gave us: public hosts only, by https, no redirects, little and soon.

A name is resolved once, every address it has must be public, and the connection goes to the address that was checked:
a name that answers differently a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from palier.foundation.settings import Settings

LARGEST = 512 * 1024
"""Bytes of an answer that are read; more is refused."""

SECONDS = 8.0
"""How long one request may take in all, connecting and reading included."""


class Blocked(httpx.RequestError):
    """The address is none we call."""


class Oversized(httpx.RequestError):
    """The answer is larger than any we expect."""


class PublicOnly(httpx.AsyncHTTPTransport):
    """A transport that refuses what is not public. `allow` names hosts exempt from it (tests, trials on one machine)."""

    def __init__(self, allow: Collection[str] = ()) -> None:
        super().__init__(retries=0, trust_env=False)
        self._allow = frozenset(allow)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` to a checked address. Raises Blocked, Oversized or what httpx raises."""
        host = request.url.host
        if host not in self._allow:
            if request.url.scheme != "https":
                raise Blocked("https only", request=request)
            address = await _public_address(host, request)
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=str(address))  # the Host header was set from the name
        return await _read(await super().handle_async_request(request), request)


async def _public_address(host: str, request: httpx.Request) -> IPv4Address | IPv6Address:
    """One address of `host`, once all of them are known to be public."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"{host} has no address", request=request) from error
    addresses = [_plain(str(entry[4][0])) for entry in found]
    if not addresses or not all(one.is_global and not one.is_multicast for one in addresses):
        raise Blocked(f"{host} is not public", request=request)
    return addresses[0]


def _plain(text: str) -> IPv4Address | IPv6Address:
    """An address without its zone, and out of its wrapping: ::ffff:127.0.0.1 and 2002:7f00:1:: are 127.0.0.1."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


async def _read(answer: httpx.Response, request: httpx.Request) -> httpx.Response:
    """The whole answer in memory, unless it is too large. It is never unpacked: nobody can send us a bomb."""
    data = bytearray()
    try:
        async for part in answer.aiter_raw():
            data += part
            if len(data) > LARGEST:
                raise Oversized("the answer is too large", request=request)
    finally:
        await answer.aclose()
    kept = [(name, value) for name, value in answer.headers.raw if name.lower() != b"transfer-encoding"]
    return httpx.Response(answer.status_code, headers=kept, content=bytes(data), request=request)


@asynccontextmanager
async def caller(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client for such requests: it follows no redirect, reads no proxy setting and is done after `SECONDS`."""
    transport = PublicOnly(settings.outbound_allow)
    headers = {"user-agent": "Palier", "accept": "application/json", "accept-encoding": "identity"}
    try:
        async with (
            asyncio.timeout(SECONDS * 3),
            httpx.AsyncClient(
                transport=transport, follow_redirects=False, timeout=SECONDS, trust_env=False, headers=headers
            ) as client,
        ):
            yield client
    except TimeoutError as error:
        raise httpx.ReadTimeout("the answer did not come in time") from error
