"""The Procfile's lines, as a hosting platform runs them: against a PostgreSQL of its own, on every address."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from palier.foundation.settings import ROOT
from tests.cli.serving import PATIENCE, bare_environment, free_port, wait_for_deaths
from tests.plain_postgres import plain_postgres

pytestmark = pytest.mark.database
LINES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.fixture(scope="module")
def hosted() -> Iterator[str]:
    """The address of an owner with a password, on a server elsewhere."""
    with plain_postgres() as (owner, _):
        yield owner


@pytest.fixture(scope="module")
def platform(hosted: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a platform sets, after it has run the release line."""
    environment = bare_environment(
        DATABASE_URL=hosted,
        PORT=str(free_port()),
        WEB_CONCURRENCY="1",
        PALIER_ENVIRONMENT="production",
        PALIER_SECRET="a secret of the tests and of nobody else",
        PALIER_DATA_DIR=str(tmp_path_factory.mktemp("data")),
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )
    environment["PALIER_PUBLIC_URL"] = f"http://127.0.0.1:{environment['PORT']}"
    with started("release", environment) as release:
        assert release.wait(PATIENCE) == 0
    return environment


@contextmanager
def started(line: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """One line of the Procfile in a shell, ended with all it started."""
    process = subprocess.Popen(["sh", "-c", f"exec {LINES[line]}"], env=environment, cwd=ROOT)
    family: list[psutil.Process] = []
    try:
        yield process
        if process.poll() is None:
            family = psutil.Process(process.pid).children(recursive=True)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        wait_for_deaths(family)


def test_it_has_the_three_lines_of_a_platform() -> None:
    assert list(LINES) == ["release", "web", "worker"]
    assert "--host 0.0.0.0 --port ${PORT:-8000}" in LINES["web"]


def test_release_made_every_table_and_can_run_again(platform: dict[str, str]) -> None:
    with started("release", platform) as again:
        assert again.wait(PATIENCE) == 0
    with psycopg.connect(platform["DATABASE_URL"]) as connection:
        row = connection.execute(
            "select to_regclass('assessment'), to_regclass('procrastinate_jobs')"
        ).fetchone()
    assert row == ("assessment", "procrastinate_jobs")


def test_web_answers_on_the_platforms_port(platform: dict[str, str]) -> None:
    with started("web", platform) as web:
        assert answer(web, f"http://127.0.0.1:{platform['PORT']}/static/vendor/htmx.min.js") == 200


def test_worker_does_what_waits_and_ends_in_good_order(platform: dict[str, str]) -> None:
    """The job is to deliver a message that does not exist: nothing happens, and the queue forgets it."""
    ask = "select enqueue('mail.deliver', jsonb_build_object('mail', gen_random_uuid()), null, null)"
    waiting = "select count(*) from procrastinate_jobs"
    with psycopg.connect(platform["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(ask)
        with started("worker", platform) as worker:
            while connection.execute(waiting).fetchone() != (0,):
                assert worker.poll() is None
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE) == 0


def answer(process: subprocess.Popen[bytes], url: str) -> int:
    """The status of the first answer, as soon as the process listens."""
    while process.poll() is None:
        try:
            with urlopen(url, timeout=PATIENCE) as response:
                return response.status
        except OSError:
            continue
    raise AssertionError(f"it ended with status {process.returncode}")
