"""While versions change, newer pages ask for work that an older worker has never heard of: it leaves it to those who know it."""

import asyncpg
import pytest

from palier.foundation.jobs import Job, queue
from palier.foundation.settings import Settings

pytestmark = pytest.mark.database
done: list[int] = []


async def _do(number: int) -> None:
    done.append(number)


async def _work(settings: Settings, *jobs: Job) -> None:
    async with queue(str(settings.database_url), list(jobs)).open_async() as app:
        await app.run_worker_async(
            wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
        )


async def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(
    settings: Settings, stage: object, owner: asyncpg.Connection
):
    await owner.execute("select enqueue_in_turn('tests.newer', '{\"number\": 7}', null, null, null)")
    for _ in range(5):  # however often it is looked at
        await _work(settings)
        rows = await owner.fetch("select status, scheduled_at > now() as later from procrastinate_jobs")
        assert [(row["status"], row["later"]) for row in rows] == [("todo", True)]
        await owner.execute("update procrastinate_jobs set scheduled_at = null")
    assert await owner.fetchval("select count(*) from job_failure") == 0
    await _work(settings, Job("tests.newer", _do))
    assert done == [7]
    assert await owner.fetchval("select count(*) from procrastinate_jobs") == 0
