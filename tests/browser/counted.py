"""The application as tests serve it: each answer says how many statements the database was asked for it."""

from contextvars import ContextVar
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from palier import app
from palier.foundation import watch

HEADER = "x-statements"
_begun: ContextVar[list[watch.Work] | None] = ContextVar("what this request began", default=None)


class _Counting(watch.Watcher):
    def begins(self, work: watch.Work) -> None:
        begun = _begun.get()
        if begun is not None:
            begun.append(work)


def create_app() -> ASGIApp:
    """What uvicorn serves: the product, its settings from the environment."""
    product: Any = app.create_app()
    counting = _Counting()

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        if counting not in watch.watchers:
            watch.watchers.append(counting)
        begun: list[watch.Work] = []
        _begun.set(begun)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                statements = sum(work.statements for work in begun)
                message["headers"] = [*message["headers"], (HEADER.encode(), str(statements).encode())]
            await send(message)

        await product(scope, receive, sent if scope["type"] == ScopeType.HTTP else send)

    return counted
