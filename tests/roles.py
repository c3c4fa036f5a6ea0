"""The pool over another database or under another role of it, for as long as a block lasts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.connection import get_connections

from palier.foundation.database import WORKER, configuration, only_reading
from palier.foundation.settings import Settings


@asynccontextmanager
async def as_the_worker(settings: Settings) -> AsyncIterator[None]:
    """What runs inside runs under the worker's role, as in its process."""
    async with pool_over(str(settings.database_url), WORKER):
        yield


@asynccontextmanager
async def pool_over(url: str, role: str, maxsize: int = 4) -> AsyncIterator[None]:
    """What runs inside asks `url` as `role`; then the web's pool stands where it stood, open.

    Only the pool is exchanged: reading every model anew, as `connect` does, would take longer than most stories.
    """
    only_reading.set(False)  # a GET answered in this very context may have set it
    handler = get_connections()
    pools, addresses = handler._get_storage(), handler.db_config
    web, address = pools.pop("default", None), addresses["default"]
    addresses |= configuration(url, role, maxsize=maxsize)["connections"]
    try:
        yield
    finally:
        await handler.get("default").close()
        addresses["default"] = address
        pools.pop("default")
        if web is not None:
            pools["default"] = web
