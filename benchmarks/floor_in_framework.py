"""The like-for-like floor of a save: Litestar reads the same form, and the product's own pool upserts one row. Nothing else.

No session, no tenant, no CSRF, no history, no audit, no page: what is left is the framework, the driver and the commit.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Request, Response, get, patch

from benchmarks.floor import TABLE, UPSERT
from palier.foundation.database import connect, connection, disconnect

OURSELVES = ""
"""No role of the product's: the connection may write outside a transaction, and a save is one round trip."""


@get("/hello")
async def hello() -> Response[str]:
    """A word."""
    return Response("hello", media_type="text/plain")


@patch("/row/{row:int}")
async def save(row: int, request: Request) -> Response[str]:
    """Read the form, write the row, committed to disk, answer a word."""
    form = await request.form()
    await connection().execute_query(UPSERT, [row, int(form["answer"]), form["rationale"]])
    return Response("hello", media_type="text/plain")


@asynccontextmanager
async def _database(_: Litestar) -> AsyncIterator[None]:
    await connect(os.environ["PALIER_DATABASE_URL"], OURSELVES)
    await connection().execute_script(TABLE)
    try:
        yield
    finally:
        await disconnect()


def create_app() -> Litestar:
    """For granian's --factory."""
    return Litestar([hello, save], lifespan=[_database], openapi_config=None, logging_config=None)
