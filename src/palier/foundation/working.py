"""The worker process: takes jobs from the queue until it is told to stop."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterable

from procrastinate import App
from procrastinate.exceptions import ConnectorException

from palier.foundation import watch
from palier.foundation.clock import now
from palier.foundation.database import (
    WORKER,
    connect,
    disconnect,
    only_reading,
    reading,
    select,
    transaction,
)
from palier.foundation.jobs import Job, queue, return_abandoned
from palier.foundation.store import Heartbeat

log = logging.getLogger(__name__)
_BEAT = 15.0  # seconds; /readyz worries after two minutes
_JOBS_SECONDS = 10.0  # seconds in which running jobs may finish
_PATIENCE = 1.0  # seconds between two looks whether the database is back


async def work(url: str, jobs: Iterable[Job], *, until_empty: bool = False) -> None:
    """Do `jobs` from the queue of the database at `url`, for ever, or until none is left: then nothing is asked for by the clock.

    SIGTERM and SIGINT let the running ones finish for ten seconds. Jobs of workers that died are put back. A database
    that is away, at the start or later, is waited for.
    """
    only_reading.set(False)
    known = list(jobs)
    app = queue(url, known, by_the_clock=not until_empty)
    async with closing(known), _pool(url):
        if until_empty:
            await _wait_for_database()
            async with app.open_async():
                await _take_jobs(app, wait=False)
        else:
            await _until_told_to_stop(keep_working(app))


async def _until_told_to_stop(working: Coroutine[None, None, None]) -> None:
    """Run `working` until SIGTERM or SIGINT, which cancel it once, however often they come."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    task, told = asyncio.ensure_future(working), asyncio.ensure_future(stopping.wait())
    await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    await _end(task)


async def _end(task: asyncio.Future[None]) -> None:
    """Cancelled once, the queue lets its jobs finish. What does not end then waits for a database, and is cancelled again."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_JOBS_SECONDS + 1)
    with contextlib.suppress(asyncio.CancelledError):
        task.result()


async def keep_working(app: App) -> None:
    """The queue's own loop ends, with or without an error, when its database goes: begin anew once it is back.

    Cancelling ends it, even while a failing database turns the cancellation into an error of its own.
    """
    await _wait_for_database()
    async with app.open_async(), _beating(app):
        while not _cancelled():
            await _wait_for_database()
            with contextlib.suppress(ConnectorException):
                await _take_jobs(app)


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _take_jobs(app: App, *, wait: bool = True) -> None:
    await return_abandoned(app)
    await app.run_worker_async(
        concurrency=4, wait=wait, install_signal_handlers=False, shutdown_graceful_timeout=_JOBS_SECONDS,
        fetch_job_polling_interval=1, delete_jobs="successful", update_heartbeat_interval=5, stalled_worker_timeout=20,
    )  # fmt: skip


async def _wait_for_database() -> None:
    while not await _database_answers():  # noqa: ASYNC110  (nobody tells us)
        await asyncio.sleep(_PATIENCE)


async def _database_answers() -> bool:
    try:
        async with reading(None):
            await select("select 1")
    except Exception as error:  # noqa: BLE001  (whatever it says, it is not there yet)
        log.warning("waiting for the database: %s", type(error).__name__)
        return False
    return True


@contextlib.asynccontextmanager
async def closing(jobs: Iterable[Job]) -> AsyncIterator[None]:
    """Let go, at the end, of whatever the jobs keep open."""
    try:
        yield
    finally:
        for job in jobs:
            if job.close:
                await job.close()


@contextlib.asynccontextmanager
async def _pool(url: str) -> AsyncIterator[None]:
    await connect(url, WORKER, maxsize=8)
    try:
        yield
    finally:
        await disconnect()


@contextlib.asynccontextmanager
async def _beating(app: App) -> AsyncIterator[None]:
    task = asyncio.create_task(_beat(app))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        with contextlib.suppress(Exception):  # figures are not worth an ending that fails
            await _keep_figures()


async def _keep_figures() -> None:
    for watcher in watch.watchers:
        await watcher.keep()


async def _beat(app: App) -> None:
    name = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        try:
            async with transaction(None):
                await Heartbeat.update_or_create(name=name, defaults={"at": now()})
            await return_abandoned(app)
            await _keep_figures()
        except Exception as error:  # noqa: BLE001  (the database is away: beat again later)
            log.warning("no heartbeat: %s", type(error).__name__)
        await asyncio.sleep(_BEAT)
