"""Nothing waits for ever: a slow statement, a lock that is not given, a transaction left open. Told once, nothing half done."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from palier.assessments.flows.answering import open_assessment
from palier.foundation.actor import Actor
from palier.foundation.database import WEB, WORKER, connection, credentials, select, transaction
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest

pytestmark = pytest.mark.database

Visit = Callable[..., Any]
ANSWER = "/o/transports-du-val/e/fl-2026/q/FL1.1.1"
SLOW = """
create function sleep_on_it() returns trigger language plpgsql as 'begin perform pg_sleep(20); return new; end';
create trigger slow before insert on audit_entry for each row execute function sleep_on_it();
"""
GONE = """
do $$ begin
  for i in 1..500 loop
    perform pg_stat_clear_snapshot();
    exit when not exists (select from pg_stat_activity where pid = {});
    perform pg_sleep(0.02);
  end loop;
end $$
"""


@pytest.fixture
async def opened(claire: Actor) -> None:
    await open_assessment(claire, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=None)


@asynccontextmanager
async def hurried(**limits: str) -> AsyncIterator[None]:
    """Every connection of the pool under tighter limits: what takes seconds in life is seen in a moment."""
    pool = connection()._pool
    tighter = "; ".join(f"set {name} = '{value}'" for name, value in limits.items())
    await _everywhere(pool, tighter)
    yield
    await _everywhere(pool, "; ".join(f"reset {name}" for name in limits))


async def _everywhere(pool: asyncpg.Pool, sql: str) -> None:
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    for one in held:
        await one.execute(sql)
        await pool.release(one)


async def save(browser: Any) -> Any:
    await browser.get("/o/transports-du-val/assessments")
    data = {
        "_csrf_token": browser.cookies["csrftoken"], "op": str(new_id()), "rev": "0", "answer": "3", "grade": "none",
    }  # fmt: skip
    return await browser.patch(ANSWER, data=data, headers={"hx-request": "true"})


async def written(owner: asyncpg.Connection) -> int:
    """Answers, changes of answers and entries of the trail about them."""
    return int(
        await owner.fetchval(
            "select (select count(*) from answer) + (select count(*) from answer_event)"
            " + (select count(*) from audit_entry where verb = 'assessments.answered')"
        )
    )


def assert_told(answer: Any) -> None:
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.text.count("Beaucoup d’opérations en même temps") >= 1


@pytest.mark.parametrize(("role", "idle"), [(WEB, "30s"), (WORKER, "10min")])
async def test_each_process_says_its_limits_when_it_connects(migrated: str, role: str, idle: str):
    given = credentials(migrated, role)
    pool = {"minsize", "maxsize"}
    one = await asyncpg.connect(**{key: value for key, value in given.items() if key not in pool})
    try:
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        assert [await one.fetchval(f"show {name}") for name in limits] == ["30s", "4s", idle]
    finally:
        await one.close()


async def test_a_statement_that_takes_too_long_is_told_and_leaves_nothing_behind(
    opened: None, claire: Actor, visit: Visit, owner: asyncpg.Connection
):
    async with visit(claire) as browser:
        await owner.execute(SLOW)
        try:
            async with hurried(statement_timeout="150ms"):
                assert_told(await save(browser))
        finally:
            await owner.execute("drop trigger slow on audit_entry; drop function sleep_on_it()")
        assert await written(owner) == 0
        assert (await save(browser)).status_code == 200
    assert await written(owner) == 3


async def test_a_lock_that_is_not_given_is_told_and_leaves_nothing_behind(
    opened: None, claire: Actor, visit: Visit, owner: asyncpg.Connection
):
    async with visit(claire) as browser:
        async with hurried(lock_timeout="150ms"), owner.transaction():
            await owner.execute("select from audit_head for update")
            assert_told(await save(browser))
        assert await written(owner) == 0
        assert (await save(browser)).status_code == 200


async def test_a_transaction_left_open_ends_and_nothing_of_it_stands(
    opened: None, claire: Actor, owner: asyncpg.Connection
):
    async with hurried(idle_in_transaction_session_timeout="100ms"):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            async with transaction(claire):
                await select("update assessment set name = 'half' returning id")
                backend = (await select("select pg_backend_pid() as pid"))[0]["pid"]
                await owner.execute(GONE.format(int(backend)))
                await select("select 1")
    assert await owner.fetchval("select name from assessment") == "2026"
    async with transaction(claire):
        assert (await select("select name from assessment"))[0]["name"] == "2026"
