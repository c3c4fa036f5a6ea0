"""`palier serve`: starts everything, loses nothing, leaves nothing behind."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from palier.cli.serve import prepared
from palier.foundation.embedded_postgres import is_running, prepare, running, start
from palier.foundation.settings import read_settings
from tests.cli.serving import PATIENCE, SECRET, Serving, bare_environment, free_port, serving, wait_for_deaths
from tests.scratch import scratch

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One data directory for the module: migrating an empty database is what takes time."""
    with scratch() as made:
        yield made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Serving]:
    """One product for those that only kill one part of it: a start of all its processes is what they would wait for."""
    with serving(folder, free_port(), as_first=True) as serve:
        yield serve
        serve.note_family()


def database(folder: Path) -> str:
    return prepare(folder, say=lambda _: None).url


def assert_no_driver_is_held(supervisor: int) -> None:
    """It asked the database this and that before the first page, each time in a copy of itself."""
    if sys.platform == "linux":
        mapped = Path(f"/proc/{supervisor}/maps").read_text()
        assert "python" in mapped
        assert "psycopg" not in mapped


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGTERM, id="SIGTERM"),
        pytest.param(signal.SIGINT, id="Ctrl-C", marks=pytest.mark.long),
    ],
)
def test_one_command_answers_and_one_signal_stops_it_all(folder: Path, number: signal.Signals) -> None:
    with serving(folder, free_port()) as serve:
        assert serve.first_page() == 200
        assert serve.postmaster()
        assert_no_driver_is_held(serve.process.pid)
        assert serve.end(number) == 0
        assert serve.postmaster() is None
    wait_for_deaths(serve.family)


def test_after_kill_9_the_children_go_and_a_restart_has_lost_nothing(folder: Path) -> None:
    port = free_port()
    with serving(folder, port) as serve:
        with psycopg.connect(database(folder)) as connection:
            connection.execute("create table if not exists kept (said text)")
            connection.execute("insert into kept values ('acknowledged')")
        postmaster = serve.postmaster()
        assert serve.end(signal.SIGKILL) == -signal.SIGKILL
        wait_for_deaths(serve.family)
    with serving(folder, port) as again:
        assert again.first_page() == 200
        assert again.postmaster() == postmaster  # adopted, not started twice
        with psycopg.connect(database(folder)) as connection:
            assert connection.execute("select said from kept").fetchall() == [("acknowledged",)]
            connection.execute("drop table kept")
    assert again.postmaster() is None


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere children are not told that their supervisor died"
)
def test_a_web_server_that_hears_no_signal_goes_with_its_supervisor(folder: Path) -> None:
    port = free_port()
    with serving(folder, port) as serve:
        serve.child("granian").suspend()  # as it is when two signals come at the same moment
        serve.end(signal.SIGKILL)
    with serving(folder, port) as again:
        assert again.first_page() == 200


def test_a_taken_port_is_said_and_nothing_is_left(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = _serve(folder, taken.getsockname()[1])
    assert ended.returncode == 1
    assert "PALIER_PORT" in ended.stderr


@pytest.mark.parametrize("word", [pytest.param("granian", marks=pytest.mark.long), "work"])
def test_a_child_that_dies_is_started_again(served: Serving, word: str) -> None:
    killed = served.child(word)
    killed.kill()
    killed.wait(PATIENCE)
    again = next(iter(found for found in _children(served.process.pid, word) if found.pid != killed.pid))
    assert again.is_running()


def test_two_supervisors_never_share_the_data(served: Serving, folder: Path) -> None:
    second = _serve(folder, free_port())
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert served.postmaster()


def test_a_database_that_dies_is_started_again_as_the_first_process_of_a_container(
    served: Serving, folder: Path
) -> None:
    _kill_the_database(served, folder)


@pytest.mark.long
def test_a_database_that_dies_is_started_again_under_an_init() -> None:
    with scratch() as folder, serving(folder, free_port()) as serve:
        _kill_the_database(serve, folder)


def _kill_the_database(serve: Serving, folder: Path) -> None:
    killed = serve.postmaster()
    assert killed
    killed.kill()
    give_up = time.monotonic() + PATIENCE
    while (again := serve.postmaster()) is None or again.pid == killed.pid:
        assert serve.process.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.02)
    start(prepare(folder, say=lambda _: None))  # joins it, and waits until it has read its journal
    assert serve.postmaster() == again


def _serve(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    """A start that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "palier", "serve"],
        env=bare_environment(PALIER_DATA_DIR=str(folder), PALIER_PORT=str(port)),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def _children(supervisor: int, word: str) -> Iterator[psutil.Process]:
    """The supervisor's children that a command's word names, as they come."""
    while psutil.pid_exists(supervisor):
        for child in psutil.Process(supervisor).children():
            try:
                if word in child.cmdline():
                    yield child
            except psutil.NoSuchProcess:
                continue


@pytest.mark.long
def test_a_database_that_dies_before_the_first_question_is_started_again() -> None:
    production = {
        "PALIER_ENVIRONMENT": "production",
        "PALIER_SECRET": SECRET,
        "PALIER_PUBLIC_URL": "https://palier.example",
    }
    with scratch() as folder, running(folder, say=lambda _: None) as cluster:
        settings = read_settings(
            production | {"PALIER_DATABASE_URL": cluster.url, "PALIER_DATA_DIR": str(folder)}
        )
        psutil.Process(int((cluster.home / "data" / "postmaster.pid").read_text().split()[0])).kill()
        while is_running(cluster):
            time.sleep(0.01)
        asyncio.run(prepared(settings, cluster, asyncio.Event()))
        assert is_running(cluster)
