"""Several workers on one queue: each job is done once, turns are kept, and what the clock asks for is asked for once."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.cli.serving import PATIENCE, bare_environment
from tests.cli.test_many_processes import administrator_of
from tests.demonstration import create_database, drop_database

pytestmark = pytest.mark.database

WORKERS, JOBS, TURNS, TICKS = 3, 120, 4, 3

_TABLES = """
  create table worked (job int, worker int);
  create table in_hand (turn int primary key);
  create table ticked (worker int);
  create table asked (task text, args jsonb);
  grant all on worked, in_hand, ticked, asked to palier_worker;
  create function note_asked() returns trigger language plpgsql as $$
    begin insert into asked values (new.task_name, new.args); return new; end $$;
  create trigger note_asked after insert on procrastinate_jobs for each row execute function note_asked();
"""

_WORKER = """
import asyncio, os, sys
from palier.foundation.database import select, transaction
from palier.foundation.jobs import Job
from palier.foundation.working import work

async def once(number):
    async with transaction(None):
        await select("insert into worked values ($1, $2)", number, os.getpid())

async def in_turn(number, turn):
    async with transaction(None):
        await select("insert into in_hand values ($1)", turn)
    await once(number)
    async with transaction(None):
        await select("delete from in_hand where turn = $1", turn)

async def tick():
    async with transaction(None):
        await select("insert into ticked values ($1)", os.getpid())

jobs = [Job("tests.once", once, attempts=1), Job("tests.turn", in_turn, attempts=1), Job("tests.tick", tick, cron="* * * * * *")]
asyncio.run(work(sys.argv[1], jobs))
"""

_ASK = "select enqueue_in_turn(%s, jsonb_build_object('number', n) || %s::jsonb, null, %s, null) from generate_series(%s::int, %s) n"


@pytest.fixture(scope="module")
def administrator(cluster: str, migrated: str) -> Iterator[psycopg.Connection]:
    """Somebody who looks on, in a database with three workers who have all they can do."""
    url = create_database(cluster, f"workers_{os.getpid()}", template="migrated")
    with psycopg.connect(administrator_of(url), autocommit=True) as connection:
        connection.execute(_TABLES)
        connection.execute(_ASK, ["tests.once", "{}", None, 1, JOBS])
        for turn in range(TURNS):
            connection.execute(
                _ASK,
                [
                    "tests.turn",
                    f'{{"turn": {turn}}}',
                    f"turn {turn}",
                    1_000 * (turn + 1),
                    1_000 * (turn + 1) + 9,
                ],
            )
        workers = [subprocess.Popen([sys.executable, "-c", _WORKER, url], env=bare_environment()) for _ in range(WORKERS)]  # fmt: skip
        try:
            yield connection
        finally:
            for worker in workers:
                worker.terminate()
            assert [worker.wait(PATIENCE) for worker in workers] == [0] * WORKERS
    drop_database(cluster, f"workers_{os.getpid()}")


def _until(told: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 2 * PATIENCE
    while not told():
        assert time.monotonic() < give_up
        threading.Event().wait(0.1)


def _number(connection: psycopg.Connection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row
    return int(row[0])


def test_each_job_is_done_once_and_turns_are_kept(administrator: psycopg.Connection):
    total = JOBS + TURNS * 10
    _until(lambda: _number(administrator, "select count(*) from worked") >= total)
    _until(
        lambda: (
            not _number(
                administrator, "select count(*) from procrastinate_jobs where task_name <> 'tests.tick'"
            )
        )
    )
    assert _number(administrator, "select count(*) from worked") == total
    assert _number(administrator, "select count(distinct job) from worked") == total
    # Two jobs of one turn in hand at once would have failed on the table's key.
    assert _number(administrator, "select count(*) from job_failure") == 0


def test_what_the_clock_asks_for_is_asked_once_a_time(administrator: psycopg.Connection):
    _until(lambda: _number(administrator, "select count(*) from ticked") >= TICKS)
    times = administrator.execute(
        "select args ->> 'timestamp' from asked where task = 'tests.tick'"
    ).fetchall()
    assert len(times) >= TICKS
    assert len(set(times)) == len(times)
    assert _number(administrator, "select count(*) from ticked") <= _number(
        administrator, "select count(*) from asked where task = 'tests.tick'"
    )
