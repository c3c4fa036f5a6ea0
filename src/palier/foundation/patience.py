"""How long a request may take to arrive: whoever sends a form drop by drop keeps a connection that others need.

The head is the web server's (granian gives it thirty seconds in all). The body is ours: every piece renews the wait, and
the whole has twenty seconds and one more for each 500 bytes that came, so that a slow telephone with a large
file is waited for and a trickle is not. The same figures as Apache's `mod_reqtimeout`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[Any]]
"""What the web server hands on, piece by piece (ASGI)."""

LONGEST_SILENCE = 10.0
"""Seconds between two pieces of a body."""

FIRST_SECONDS = 20.0
"""Seconds any body may take."""

BYTES_A_SECOND = 500
"""What each further second has to have brought."""


class TooSlow(Exception):
    """The body did not arrive in time; nothing was read of it, so nothing was done."""


def patient(receive: Receive, clock: Callable[[], float] = time.monotonic) -> Receive:
    """`receive` until the body is whole, for as long as it comes. Raises TooSlow."""
    began, arrived, whole = clock(), 0, False

    async def received() -> Any:
        nonlocal arrived, whole
        if whole:  # what comes now is the news that the reader has gone, and may be waited for
            return await receive()
        left = FIRST_SECONDS + arrived / BYTES_A_SECOND - (clock() - began)
        if left <= 0:
            raise TooSlow
        try:
            async with asyncio.timeout(min(LONGEST_SILENCE, left)):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.request":
            arrived += len(message.get("body", b""))
            whole = not message.get("more_body", False)
        return message

    return received
