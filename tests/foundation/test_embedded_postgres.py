"""The private PostgreSQL: starts by itself, keeps its promises, is shared and adopted, is never left over."""

import os
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest

from palier.foundation import embedded_postgres
from palier.foundation.embedded_postgres import Cluster, EmbeddedPostgresError, is_running, prepare, running
from palier.foundation.postgres_programs import OLDEST_MAJOR, available_binaries, find_binaries
from tests.scratch import scratch

pytestmark = pytest.mark.database
PROMISES = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One data directory for the module: making a cluster is what takes time."""
    with scratch() as made:
        yield made


def quietly(message: str) -> None:
    """Nobody needs to hear it here."""


def started(folder: Path) -> AbstractContextManager[Cluster]:
    return running(folder, say=quietly)


def shown(cluster: Cluster, name: str) -> str:
    with psycopg.connect(cluster.url) as connection:
        row = connection.execute("select current_setting(%s)", [name]).fetchone()
    return row[0] if row else ""


def kill(cluster: Cluster) -> None:
    """End the server as a power cut would, and wait until the system has noticed."""
    process = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGKILL)
    while is_running(cluster):
        os.sched_yield()


async def test_both_drivers_reach_it_by_the_same_address(folder: Path) -> None:
    with started(folder) as cluster:
        connection = await asyncpg.connect(cluster.url)
        assert (
            await connection.fetchval("select current_user || ' in ' || current_database()")
            == "palier in palier"
        )
        await connection.close()
        assert shown(cluster, "listen_addresses") == ""


def test_it_keeps_every_promise_about_what_was_acknowledged(folder: Path) -> None:
    with started(folder) as cluster:
        assert {name: shown(cluster, name) for name in PROMISES} == dict.fromkeys(PROMISES, "on")


def test_its_owner_is_an_ordinary_role_that_may_make_roles(folder: Path) -> None:
    """What an administrator would give: the migrations that pass here pass there."""
    with started(folder) as cluster, psycopg.connect(cluster.url) as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
        )
        assert row.fetchone() == (False, False, True)


def test_only_its_account_can_open_its_folders(folder: Path) -> None:
    with started(folder) as cluster:
        for private in (cluster.home, cluster.data, cluster.socket_directory):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert cluster.data.stat().st_uid == cluster.account.uid != 0


def test_the_last_user_stops_it_and_no_other_does(folder: Path) -> None:
    with started(folder) as cluster:
        with started(folder) as same:
            assert same.url == cluster.url
        assert is_running(cluster)
    assert not is_running(cluster)


def test_a_server_that_outlived_its_supervisor_is_adopted(folder: Path) -> None:
    cluster = prepare(folder, say=quietly)
    embedded_postgres.start(cluster)  # and whoever did that is gone
    process = (cluster.data / "postmaster.pid").read_text().split()[0]
    with started(folder) as adopted:
        assert (adopted.data / "postmaster.pid").read_text().split()[0] == process
    assert not is_running(cluster)


def test_what_was_committed_survives_kill_9(folder: Path) -> None:
    with started(folder) as cluster:
        with psycopg.connect(cluster.url) as connection:
            connection.execute("create table kept (said text)")
            connection.execute("insert into kept values ('acknowledged')")
        kill(cluster)
        embedded_postgres.start(cluster)
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("select said from kept").fetchall() == [("acknowledged",)]


@pytest.mark.parametrize("step", ["_start_server", "_administrator"])
def test_one_that_dies_again_while_it_is_greeted_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before it is connected to, or before it is asked: told at once, in words, to whoever keeps it alive."""
    by_the_book = getattr(embedded_postgres, step)

    def and_die(cluster: Cluster) -> Any:
        done = by_the_book(cluster)
        kill(cluster)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(embedded_postgres, step, and_die)
        with pytest.raises(EmbeddedPostgresError, match="right after its start"), started(folder):
            pass
    with started(folder) as cluster:
        assert is_running(cluster)


@pytest.mark.long
@pytest.mark.parametrize(
    "programs", [found.folder for found in available_binaries() if found.major >= OLDEST_MAJOR], ids=str
)
def test_eight_power_cuts_lose_no_acknowledged_row(programs: Path) -> None:
    """With every PostgreSQL that this machine has."""
    with scratch() as own, running(own, programs, say=quietly) as cluster:
        for cut in range(8):
            with psycopg.connect(cluster.url, autocommit=True) as connection:
                connection.execute("create table if not exists kept (cut int)")
                connection.execute("insert into kept values (%s)", [cut])
            kill(cluster)
            embedded_postgres.start(cluster)
        with psycopg.connect(cluster.url) as connection:
            rows = connection.execute("select cut from kept order by cut").fetchall()
    assert [cut for (cut,) in rows] == list(range(8))


def test_a_process_that_took_the_old_number_is_not_the_server(folder: Path) -> None:
    with started(folder) as cluster:
        pass
    marker = cluster.data / "postmaster.pid"
    marker.write_text(f"{os.getpid()}\n{cluster.data}\n")
    assert not is_running(cluster)
    marker.unlink()


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    cluster = prepare(deep, say=quietly)
    assert len(os.fsencode(cluster.socket_directory)) < 90
    assert stat.S_IMODE(cluster.socket_directory.stat().st_mode) == 0o700
    cluster.socket_directory.rmdir()


def test_data_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedPostgresError, match="belongs to PostgreSQL 9"):
        find_binaries(tmp_path)


def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="PALIER_DATABASE_URL"):
        find_binaries(tmp_path / "data", only=tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to hand the server to")
def test_as_root_a_private_home_sends_the_data_where_the_account_can_go(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_postgres, "_ROOT_HOMES", folder)
    tmp_path.chmod(0o700)
    said: list[str] = []
    first = prepare(tmp_path, say=said.append)
    assert first.home.parent == folder
    assert str(first.home) in said[0]
    assert prepare(tmp_path, say=said.append).home == first.home
    assert len(said) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to hand the server to")
def test_as_root_programs_in_a_private_home_are_copied_once_and_run(tmp_path: Path, folder: Path) -> None:
    shipped = find_binaries(folder / "none").folder.parent
    package = shipped.parent
    for part in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(part), tmp_path / part, symlinks=True)
    hidden = tmp_path / package.name / shipped.name / "bin"
    tmp_path.chmod(0o700)
    with running(folder / "copied", hidden, say=quietly) as cluster:
        assert cluster.home in cluster.binaries.folder.parents
        assert cluster.binaries.folder.stat().st_uid == cluster.account.uid
        assert shown(cluster, "fsync") == "on"
    assert prepare(folder / "copied", hidden, say=quietly).binaries == cluster.binaries
