"""The worker process: takes jobs from the queue until it is told to stop."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterable

from palier.foundation.clock import now
from palier.foundation.database import WORKER, connect, disconnect, only_reading, transaction
from palier.foundation.jobs import Job, queue, return_abandoned
from palier.foundation.store import Heartbeat

log = logging.getLogger(__name__)
_BEAT = 15.0  # seconds; /readyz worries after two minutes


async def work(url: str, jobs: Iterable[Job], *, until_empty: bool = False) -> None:
    """Do `jobs` from the queue of the database at `url`, for ever, or until none is left.

    SIGTERM and SIGINT let the running ones finish for ten seconds. Jobs of workers that died are put back.
    """
    only_reading.set(False)
    known = list(jobs)
    app = queue(url, known)
    async with closing(known), app.open_async(), _pool(url):
        await return_abandoned(app)
        async with _beating(app):
            await app.run_worker_async(
                concurrency=4, wait=not until_empty, install_signal_handlers=not until_empty, shutdown_graceful_timeout=10,
                fetch_job_polling_interval=1, delete_jobs="successful", update_heartbeat_interval=5, stalled_worker_timeout=20,
            )  # fmt: skip


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
async def _beating(app: object) -> AsyncIterator[None]:
    task = asyncio.create_task(_beat(app))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _beat(app: object) -> None:
    name = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        try:
            async with transaction(None):
                await Heartbeat.update_or_create(name=name, defaults={"at": now()})
            await return_abandoned(app)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001  (the database is away: beat again later)
            log.warning("no heartbeat: %s", type(error).__name__)
        await asyncio.sleep(_BEAT)
