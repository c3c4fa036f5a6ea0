"""The Procfile's lines, as a hosting platform runs them: against a PostgreSQL of its own, on every address."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from palier.foundation.embedded_postgres import prepare
from palier.foundation.settings import ROOT
from tests.cli.serving import PATIENCE, bare_environment, free_port, wait_for_deaths
from tests.scratch import scratch

pytestmark = pytest.mark.database
LINES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.fixture(scope="module")
def plain_postgres() -> Iterator[str]:
    """A PostgreSQL that knows nothing of Palier, on TCP, and the address of an owner with a password."""
    with scratch() as folder:
        cluster = prepare(folder, say=lambda _: None)
        port = free_port()
        programs, data = cluster.binaries.folder, folder / "postgres" / "plain"
        administrator = f"postgresql://boss@127.0.0.1:{port}/postgres"
        run = partial(
            subprocess.run, cwd="/", check=True, stdout=subprocess.DEVNULL, **cluster.account.run_as()
        )
        run([programs / "initdb", "-D", data, "-U", "boss", "-A", "trust", "-E", "UTF8"])
        hba = "host all boss 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (data / "pg_hba.conf").write_text(hba)
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=''"
        log = folder / "postgres" / "plain.log"
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", log]
        run([*control, "-o", options, "start"])
        try:
            with psycopg.connect(administrator, autocommit=True) as connection:
                connection.execute("create role tenant login createrole password 'p@ss word/1'")
                connection.execute("create database hosted owner tenant")
            yield f"postgresql://tenant:p%40ss%20word%2F1@127.0.0.1:{port}/hosted"
        finally:
            run([*control, "-m", "immediate", "stop"])


@pytest.fixture(scope="module")
def platform(plain_postgres: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a platform sets, after it has run the release line."""
    environment = bare_environment(
        DATABASE_URL=plain_postgres,
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
