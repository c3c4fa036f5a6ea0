"""A request answered for somebody presumed: what the middleware around it does until they are proved."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from palier.foundation.presumed import Presumed, presuming

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]


class Rehearsal:
    """What came in of a request, kept so that it can be read once more."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: deque[Any] = deque()

    async def reading(self) -> Any:
        """As the request's own `receive`."""
        message = await self._receive()
        self._read.append(message)
        return message

    async def again(self) -> Any:
        """From the beginning."""
        return self._read.popleft() if self._read else await self._receive()


async def answered(
    who: Presumed, known: Mapping[str, Any], scope: Any, receive: Receive, send: Send, next_app: App
) -> bool:
    """Let `who`, of whom the rest of the request knows `known`, do the one act that proves them, and send what comes of it.

    False: they were not proved, nothing was written and nothing was sent; whatever came of it is forgotten, to be done again by
    the book.
    """

    async def sending(message: Any) -> None:
        if who.proved:
            scope["state"].update(known)
            await send(message)

    try:
        with presuming(who):
            await next_app({**scope, "state": dict(known)}, receive, sending)
    except Exception:
        if who.proved:
            raise
    return who.proved
