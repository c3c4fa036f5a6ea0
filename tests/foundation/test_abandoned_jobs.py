"""Jobs whose worker died: put back once, however many workers notice at the same moment."""

import asyncio

import pytest

from palier.foundation.jobs import Job, queue, return_abandoned

pytestmark = pytest.mark.database

WORKERS = 6


async def _nothing() -> None:
    """The work itself does not matter here."""


@pytest.fixture
async def app(settings, stage, owner):
    """The queue, with one job that a worker took and did not live to finish."""
    async with queue(str(settings.database_url), [Job("tests.nothing", _nothing)]).open_async() as app:
        worker = await owner.fetchval(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
        )
        job = await app.configure_task("tests.nothing").defer_async()
        await owner.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = $1 where id = $2", worker, job
        )
        yield app
        await owner.execute("delete from procrastinate_workers where id = $1", worker)


async def test_several_workers_that_notice_at_once_put_a_job_back_once(app, owner):
    returned = await asyncio.gather(*(return_abandoned(app) for _ in range(WORKERS)))
    assert sum(returned) == 1
    rows = await owner.fetch("select status, attempts from procrastinate_jobs")
    assert [(row["status"], row["attempts"]) for row in rows] == [("todo", 1)]


async def test_a_job_in_the_hands_of_a_living_worker_stays_there(app, owner):
    await owner.execute("update procrastinate_workers set last_heartbeat = now()")
    assert await return_abandoned(app) == 0
    assert await owner.fetchval("select status from procrastinate_jobs") == "doing"
