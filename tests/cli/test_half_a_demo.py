"""A demo that was ended while it filled the database is filled anew, never shown by half."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from palier.cli.schema import wants_the_demo
from tests.cli.serving import PATIENCE, SECRET
from tests.demonstration import create_database, drop_database

pytestmark = pytest.mark.database

FILLING = "select to_regclass('demo_under_way') is not null and exists (select from person)"


@pytest.fixture
def url(cluster: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"half_{os.getpid()}"
    yield create_database(cluster, name)
    drop_database(cluster, name)


def command(url: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "palier", "demo"],
        env=os.environ | {"PALIER_DATABASE_URL": url, "PALIER_DATA_DIR": str(folder)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(url: str, folder: Path, **variables: str) -> str:
    process = command(url, folder, **variables)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    (line,) = told.splitlines()
    return line


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def wait_until(url: str, question: str) -> None:
    give_up = time.monotonic() + PATIENCE
    while not ask(url, question):
        assert time.monotonic() < give_up, question
        time.sleep(0.02)


def test_two_do_not_fill_one_database(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url) as first:
        first.execute("select pg_advisory_lock(hashtext('palier.demo'))")
        assert "somebody else is filling this database" in refused(url, tmp_path)


def test_in_production_half_a_demo_is_told_and_nothing_is_erased(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table demo_under_way ()")
        connection.execute("create table kept ()")
    production = {
        "PALIER_ENVIRONMENT": "production",
        "PALIER_PUBLIC_URL": "https://palier.example",
        "PALIER_SECRET": SECRET,
    }
    assert "in production nothing is erased" in refused(url, tmp_path, **production)
    assert ask(url, "select to_regclass('kept') is not null")


@pytest.mark.long
def test_after_kill_9_the_demo_is_filled_anew_and_then_left_alone(url: str, tmp_path: Path) -> None:
    killed = command(url, tmp_path)
    wait_until(url, "select to_regclass('person') is not null")
    wait_until(url, FILLING)
    killed.kill()
    killed.communicate()
    assert wants_the_demo(url)

    again = command(url, tmp_path)
    people, told = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, told
    assert told == "The demo was only half there: it is filled anew.\n"
    assert "claire.lambert@palier.example" in people
    assert not wants_the_demo(url)
    assert ask(url, "select count(*) from edition where published_on is not null")

    with psycopg.connect(url) as connection:
        connection.execute("update person set name = 'Claire Renommée' where email like 'claire.lambert@%'")
    third = command(url, tmp_path)
    third.communicate(timeout=PATIENCE)
    assert third.returncode == 0
    assert ask(url, "select exists (select from person where name = 'Claire Renommée')")
