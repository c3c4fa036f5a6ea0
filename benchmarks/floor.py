"""What the same server and the same database do with no product around them: the figures everything else is held against."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TABLE = "create table if not exists bare_row (id int primary key, level int, words text, revision int)"
UPSERT = """insert into bare_row values ($1, $2, $3, 1) on conflict (id) do update
  set level = excluded.level, words = excluded.words, revision = bare_row.revision + 1"""


class _Connection(asyncpg.Connection):
    """Not reset on release, as in the product."""

    def get_reset_query(self) -> str:
        return ""


class Floor:
    """`/hello` answers a word; `/upsert/7` writes row 7, committed to disk, and answers a word."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool | None = None
        self._written = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["path"].startswith("/upsert/"):
            await self._upsert(int(scope["path"].rpartition("/")[2]))
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    async def _upsert(self, row: int) -> None:
        assert self._pool is not None  # noqa: S101
        self._written += 1
        await self._pool.execute(UPSERT, row, self._written % 5 + 1, "a few words of reasons")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        url = os.environ["PALIER_DATABASE_URL"]
        self._pool = await asyncpg.create_pool(url, min_size=1, max_size=20, connection_class=_Connection)
        await self._pool.execute(TABLE)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def create_app() -> Floor:
    """For granian's --factory."""
    return Floor()
