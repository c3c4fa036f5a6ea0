"""Bringing a database to the current schema: migrations one after another, then what the roles may do."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from tortoise import Tortoise

from palier.foundation.database import configuration, credentials
from palier.foundation.later import Later
from palier.foundation.migration_run import run as run_migrations

if TYPE_CHECKING:
    from procrastinate import schema
else:
    schema = Later("procrastinate.schema")  # pages only ask which migrations were shipped

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[3]

TORTOISE_ORM = configuration("postgres://palier@localhost/palier")
"""Read by `tortoise makemigrations` (pyproject.toml); it only compares models, so no server is needed."""

_LOCK = 7_226_437
"""Advisory lock: two processes started together migrate one after the other."""

_TURN = 0.2  # seconds between two looks whether it is ours

_RUN_AS = ("palier_web", "palier_worker")


async def migrate(url: str) -> None:
    """Bring the database at `url` (its owner's) to the newest schema. Safe to call from several processes at once.

    A database that a newer version migrated is left alone: our `grants.sql` does not know what its tables may not show.
    Raises asyncpg.PostgresError when the owner may not create roles: docs/operations.md says what an administrator
    runs first and how PALIER_DATABASE_URL_WEB names the result.
    """
    guard = await plain_connection(url)
    try:
        await _wait_for_turn(guard)
        if await _is_ahead(guard):
            log.warning("this database was migrated by a newer version; it is left as it is")
            return
        await _make_roles(guard)
        await _install_job_queue(guard)
        await _apply(url)
        await _grant(guard)
    finally:
        await guard.close()


async def _wait_for_turn(guard: asyncpg.Connection) -> None:
    """By asking again: a statement that waited would be an open transaction, which an index built beside others waits for."""
    while not await guard.fetchval("select pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110  (nobody tells us)
        await asyncio.sleep(_TURN)


async def make_roles(url: str) -> None:
    """The roles of web and worker, which a copy of a database speaks of: before it is restored into a new server."""
    guard = await plain_connection(url)
    try:
        await _make_roles(guard)
    finally:
        await guard.close()


async def pending(url: str) -> list[str]:
    """Names of the migrations in the repository that this database has not seen."""
    guard = await plain_connection(url)
    try:
        known = await _known(guard)
    finally:
        await guard.close()
    return sorted(set(shipped()) - known)


def shipped() -> list[str]:
    """The migrations of this version of Palier, in order."""
    return sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))


async def plain_connection(url: str) -> asyncpg.Connection:
    """A connection as the owner, outside every pool."""
    given = credentials(url)
    return await asyncpg.connect(
        **{key: given[key] for key in ("host", "port", "user", "password", "database")},
        **({"ssl": given["ssl"]} if "ssl" in given else {}),
        server_settings={"application_name": "palier migrate"},
    )


async def _known(guard: asyncpg.Connection) -> set[str]:
    """What was applied to this database, by whatever version."""
    if not await guard.fetchval("select to_regclass('tortoise_migrations') is not null"):
        return set()
    return {row["name"] for row in await guard.fetch("select name from tortoise_migrations")}


async def _is_ahead(guard: asyncpg.Connection) -> bool:
    return set(shipped()) < await _known(guard)


async def _make_roles(guard: asyncpg.Connection) -> None:
    for role in _RUN_AS:
        exists = await guard.fetchval("select true from pg_roles where rolname = $1", role)
        if not exists:
            await _create_role(guard, role)
        if not await guard.fetchval("select rolsuper from pg_roles where rolname = current_user"):
            await guard.execute(f"grant {role} to current_user")


async def _create_role(guard: asyncpg.Connection, role: str) -> None:
    try:
        await guard.execute(f"create role {role} nologin nosuperuser nobypassrls noinherit")
    except asyncpg.DuplicateObjectError:  # another database of this cluster was migrated meanwhile
        return


async def _install_job_queue(guard: asyncpg.Connection) -> None:
    if not await guard.fetchval("select to_regclass('procrastinate_jobs') is not null"):
        await guard.execute(schema.SchemaManager.get_schema())


async def _apply(url: str) -> None:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    config: dict[str, Any] = configuration(url)
    try:
        await run_migrations(config=config)
    finally:
        await Tortoise.close_connections()


async def _grant(guard: asyncpg.Connection) -> None:
    """What the two processes may do. Said anew after every migration, so a new table is never forgotten."""
    await guard.execute((ROOT / "migrations" / "grants.sql").read_text())


def main(url: str) -> None:
    """`palier migrate`, for callers without an event loop."""
    asyncio.run(migrate(url))
