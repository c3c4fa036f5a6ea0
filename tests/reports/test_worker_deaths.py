"""`palier work` killed with kill -9 while a document is being made: made once, when a worker is back."""

import asyncio
import contextlib
import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from palier.foundation.settings import ROOT
from tests.cli.serving import PATIENCE, bare_environment, wait_for_deaths
from tests.reports import samples
from tests.reports.conftest import plant_report

pytestmark = pytest.mark.database


@pytest.fixture
def working(settings, stage):
    """`with working() as worker:` a real worker process, ended with everything it started."""

    @contextmanager
    def start() -> Iterator[subprocess.Popen[bytes]]:
        environment = bare_environment(
            PALIER_DATABASE_URL=str(settings.database_url), PALIER_DATA_DIR=str(settings.data_directory)
        )
        process = subprocess.Popen([sys.executable, "-m", "palier", "work"], env=environment, cwd=ROOT)
        try:
            yield process
        finally:
            family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            wait_for_deaths(family)

    return start


async def until(owner, condition: str) -> None:
    """Wait for the database to say so."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3 * PATIENCE):
            while not await owner.fetchval(f"select {condition}"):  # noqa: ASYNC110  (nobody tells us)
                await asyncio.sleep(0.02)
            return
    jobs = await owner.fetch("select status, attempts, worker_id, scheduled_at from procrastinate_jobs")
    reports = await owner.fetch("select state, attempts, failure from report")
    pytest.fail(f"never {condition}: {jobs} {reports}")


async def kill(worker, owner) -> None:
    """kill -9, nothing of the family left, and the half minute after which the others notice, gone by."""
    family = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    worker.wait(PATIENCE)
    await asyncio.to_thread(wait_for_deaths, family)
    await owner.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")


async def assert_made_once(owner, settings, documents: int) -> None:
    reports = await owner.fetch("select * from report")
    stored = await owner.fetch("select * from stored_file")
    assert [row["state"] for row in reports] == ["done"] * documents
    assert {row["file_id"] for row in reports} == {row["id"] for row in stored}
    for row in stored:
        content = (settings.data_directory / "files" / row["key"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert content.rstrip().endswith(b"%%EOF")
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'reports.made'") == documents


@pytest.mark.long
async def test_a_document_being_made_when_its_worker_is_killed_is_made_by_the_next(
    claire, owner, settings, working
):
    await plant_report(claire, samples.results("fr"))
    with working() as worker:
        await until(owner, "exists (select from report where state = 'running')")
        await kill(worker, owner)
    assert await owner.fetchval("select state from report") == "running"
    with working():
        await until(owner, "exists (select from report where state = 'done')")
    await assert_made_once(owner, settings, 1)
    assert await owner.fetchval("select attempts from report") == 2


@pytest.mark.long
async def test_workers_killed_again_and_again_leave_every_document_made_once(
    claire, owner, settings, working
):
    documents = 6
    for n in range(documents):
        await plant_report(claire, samples.results("fr", n))
    for done in range(documents):
        with working() as worker:
            # Each time a little later in the life of the documents: while one waits, renders or is put away.
            await until(owner, f"(select count(*) from report where state = 'done') >= {done}")
            await kill(worker, owner)
        await owner.execute(
            "update report set attempts = least(attempts, 1)"
        )  # at most twice on one document
    with working():
        await until(owner, "not exists (select from report where state in ('queued', 'running'))")
    await assert_made_once(owner, settings, documents)
