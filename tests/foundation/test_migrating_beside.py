"""Migrations beside people at work: whole or not there, never long in the way, and never over what a newer version made."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError

from palier.foundation import migration_run
from palier.foundation.database import configuration
from palier.foundation.migrating import migrate, pending, shipped
from palier.foundation.migration_run import run
from tests.demonstration import create_database, drop_database

pytestmark = pytest.mark.database

_STEP = """
from tortoise.migrations import operations as ops
from palier.foundation.migration_step import Step

class Migration(Step):
    dependencies = {before}
    operations = [ops.RunSQL({sql!r})]
"""


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of migrations that a test writes."""
    folder = tmp_path / "steps_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("steps_of_a_test")]:
        del sys.modules[name]


@pytest.fixture
async def empty(cluster: str) -> AsyncIterator[str]:
    """The address of an empty database."""
    url = await asyncio.to_thread(create_database, cluster, "beside")
    yield url
    await asyncio.to_thread(drop_database, cluster, "beside")


def write(folder: Path, name: str, sql: str, before: str = "") -> None:
    (folder / f"{name}.py").write_text(_STEP.format(before=[("palier", before)] if before else [], sql=sql))


async def apply(url: str) -> None:
    config = configuration(url)
    config["apps"]["palier"]["migrations"] = "steps_of_a_test"
    async with TortoiseContext():
        try:
            await run(config)
        finally:
            await Tortoise.close_connections()


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_migration_and_the_note_of_it_are_one_transaction(steps: Path, empty: str):
    write(steps, "0001_made", "create table made (id int)")
    await apply(empty)
    same = (
        "select (select xmin from pg_class where relname = 'made') = (select xmin from tortoise_migrations)"
    )
    assert await ask(empty, same.replace("xmin", "xmin::text"))


async def test_one_that_fails_leaves_nothing_and_those_before_it_stay(steps: Path, empty: str):
    write(steps, "0001_made", "create table made (id int)")
    write(steps, "0002_wrong", "create table half (id int); select 1 / 0", before="0001_made")
    with pytest.raises(OperationalError):
        await apply(empty)
    assert await ask(empty, "select string_agg(name, ' ') from tortoise_migrations") == "0001_made"
    assert await ask(empty, "select to_regclass('half') is null")
    write(steps, "0002_wrong", "create table half (id int)", before="0001_made")
    sys.modules.pop("steps_of_a_test.0002_wrong", None)
    await apply(empty)
    assert await ask(empty, "select to_regclass('half') is not null")


async def test_a_table_in_use_is_let_go_of_and_asked_for_again(
    steps: Path, empty: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """Whoever came after the migration goes on as soon as it has let go, and it comes to its end once the table is free."""
    monkeypatch.setattr(migration_run, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(migration_run, "PAUSE", 0.01)
    caplog.set_level(logging.WARNING, migration_run.__name__)
    write(steps, "0001_made", "create table made (id int)")
    await apply(empty)
    write(steps, "0002_wider", "alter table made add column said text", before="0001_made")
    reader, holder = await asyncpg.connect(empty), await asyncpg.connect(empty)
    async with holder.transaction():
        await holder.fetch("select * from made")
        migrating = asyncio.create_task(apply(empty))
        while len(caplog.records) < 2:
            assert await reader.fetch("select * from made") == []
            assert not migrating.done()
    await migrating
    assert await reader.fetch("select said from made") == []
    await reader.close()
    await holder.close()


async def test_a_table_that_is_never_free_is_said(steps: Path, empty: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migration_run, "LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(migration_run, "PAUSE", 0.01)
    monkeypatch.setattr(migration_run, "TRIES", 2)
    write(steps, "0001_made", "create table made (id int)")
    await apply(empty)
    write(steps, "0002_wider", "alter table made add column said text", before="0001_made")
    holder = await asyncpg.connect(empty)
    async with holder.transaction():
        await holder.fetch("select * from made")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await apply(empty)
    await holder.close()
    assert await ask(empty, "select string_agg(name, ' ') from tortoise_migrations") == "0001_made"


async def test_a_database_of_a_newer_version_is_left_as_it_is(
    cluster: str, migrated: str, caplog: pytest.LogCaptureFixture
):
    """Its tables may hold what our `grants.sql` does not know to keep from the web."""
    caplog.set_level(logging.WARNING)
    url = await asyncio.to_thread(create_database, cluster, "ahead", template="migrated")
    await ask(
        url, "insert into tortoise_migrations (app, name, applied_at) values ('palier', '9999_later', now())"
    )
    await ask(url, "create table later (secret text)")
    await migrate(url)
    assert not await ask(url, "select has_table_privilege('palier_web', 'later', 'select')")
    assert "newer version" in caplog.text
    assert await pending(url) == []
    assert shipped()
    await asyncio.to_thread(drop_database, cluster, "ahead")
