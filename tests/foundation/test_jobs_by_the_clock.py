"""What is asked for by the clock: by workers that stay, and not by whoever only does what waits."""

import asyncio
import contextlib

import pytest

from palier.foundation.jobs import Job, queue
from palier.foundation.settings import Settings

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("stage")]
EVERY_SECOND = "* * * * * *"


async def test_who_only_does_what_waits_asks_for_nothing_by_the_clock(settings: Settings) -> None:
    """Else it would depend on the hour what a run of the tests, or of a command, does besides."""
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    jobs = [Job("tests.tick", tick, cron=EVERY_SECOND)]
    async with queue(str(settings.database_url), jobs, by_the_clock=False).open_async() as app:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(app.run_worker_async(install_signal_handlers=False), 2.5)
    assert not ticked.is_set()


async def test_a_worker_that_stays_asks_at_every_stroke(settings: Settings) -> None:
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    async with queue(
        str(settings.database_url), [Job("tests.tick", tick, cron=EVERY_SECOND)]
    ).open_async() as app:
        worker = asyncio.create_task(
            app.run_worker_async(install_signal_handlers=False, delete_jobs="successful")
        )
        await asyncio.wait_for(ticked.wait(), 60)
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
