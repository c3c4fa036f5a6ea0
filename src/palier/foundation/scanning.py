"""A malware scanner beside the product: clamd's own protocol (INSTREAM), spoken over TCP or a local socket.

Without one, files are kept unscanned and say so. With one that does not answer, nothing is kept: silence is not "clean".
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit

from palier.foundation.refused_files import Reason, Refused

Scanner = Callable[[bytes], Awaitable[bool]]
"""Whether the bytes were looked at and found clean. Raises Refused (infected, not scanned)."""

PATIENCE = 20.0
"""Seconds a scanner has for one file."""

_CHUNK = 1 << 16


async def unscanned(_data: bytes) -> bool:
    """No scanner is set."""
    return False


def scanner_at(address: str | None) -> Scanner:
    """The scanner at `clamd://host:port` or `clamd:/path/of/socket`; none without an address."""
    return partial(_scan, address) if address else unscanned


async def _scan(address: str, data: bytes) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await _ask(address, data)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise Refused(Reason.NOT_SCANNED) from error
    if answer.endswith(b" FOUND"):
        raise Refused(Reason.INFECTED)
    if answer != b"stream: OK":
        raise Refused(Reason.NOT_SCANNED)
    return True


async def _ask(address: str, data: bytes) -> bytes:
    place = urlsplit(address)
    if place.hostname:
        reader, writer = await asyncio.open_connection(place.hostname, place.port or 3310)
    else:
        reader, writer = await asyncio.open_unix_connection(place.path)
    try:
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            part = data[start : start + _CHUNK]
            writer.write(len(part).to_bytes(4, "big") + part)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
        return (await reader.readuntil(b"\0")).rstrip(b"\0")
    finally:
        writer.close()
