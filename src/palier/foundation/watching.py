"""Every request watched from the outside: its number, in the answer too, how long it took, what came of it."""

import asyncio
import contextlib
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter
from typing import Any

from palier.foundation import logs, watch
from palier.foundation.database import pool_use
from palier.foundation.settings import Settings
from palier.foundation.watch import Work

log, access = logging.getLogger(__name__), logging.getLogger("palier.access")

_GLANCE = 5.0
"""Seconds between two looks at how the pool is used."""

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

_COUNTED_BY_STATUS = {
    "200": "saved", "303": "saved", "409": "conflict", "412": "somebody_else", "422": "refused", "423": "too_late", "503": "away",
}  # fmt: skip


def watched(app: App) -> App:
    """`app`, watched: refusals of the framework itself too, whose addresses no middleware ever sees."""

    async def watch_one(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        work = Work(watch.number_of(_given(scope)), scope=scope)
        number, status, began = work.number.encode(), 500, perf_counter()

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number)]
            await send(message)

        with watch.doing(work) as ended:
            try:
                await app(scope, receive, numbered)
            finally:
                ended(str(status))
                _count(work, status)
                if watch.wishes.access and not work.discreet:
                    _say(work, status, perf_counter() - began)

    return watch_one


def begin(settings: Settings, process: str) -> None:
    """In a process that serves or works, once: how its lines look, what is slow, who counts, who traces."""
    logs.begin(as_json=settings.log_as_json)
    wishes = watch.wishes
    wishes.process, wishes.slow, wishes.access = process, settings.slow_query, settings.access_log
    if settings.metrics_token:
        module = "metrics" if process == "web" else "tallying"
        try:
            importlib.import_module(f"palier.foundation.{module}").begin(settings.data_directory)
        except OSError as error:
            log.warning("nothing is counted: %s in the data directory", type(error).__name__)
    if settings.traces and not settings.traces_off:
        importlib.import_module("palier.foundation.tracing").begin(settings.service_name, process)


def end() -> None:
    """This process ends: what is still to be told is told."""
    for watcher in watch.watchers:
        watcher.close()
    watch.watchers.clear()


def lifetime(settings: Settings) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """A web process is watched from before its first request until after its last."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        begin(settings, "web")
        glancing = asyncio.create_task(_glance())
        try:
            yield
        finally:
            glancing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await glancing
            await asyncio.to_thread(end)

    return lifespan


async def _glance() -> None:
    while watch.watchers:
        for watcher in watch.watchers:
            watcher.pool(*pool_use())
        await asyncio.sleep(_GLANCE)


def _given(scope: Any) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")


def _count(work: Work, status: int) -> None:
    """What a route says it is (`opt={"counted": "saves"}`) is counted by how the answer ended."""
    if not watch.watchers:
        return
    counted = getattr(work.scope.get("route_handler"), "opt", {}).get("counted")
    if counted and work.scope["method"] != "GET":
        known = "person" in work.scope.get("state", {})
        watch.count(counted, outcome=_COUNTED_BY_STATUS.get(str(status), "failed") if known else "signed_out")


def _say(work: Work, status: int, seconds: float) -> None:
    access.info(
        "%s %s %d, %d ms, %d statements", work.method, work.route, status, seconds * 1000,
        work.statements,
        extra={"status": status, "milliseconds": round(seconds * 1000, 1), "statements": work.statements},
    )  # fmt: skip
