"""What the doctor sees of the database: its version, promises, roles, schema, clock, and the worker's sign of life."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import psycopg
from psycopg.conninfo import conninfo_to_dict

from palier.foundation.clock import now
from palier.foundation.migrating import shipped
from palier.foundation.postgres_programs import OLDEST_MAJOR, EmbeddedPostgresError, client_program
from palier.foundation.settings import Settings
from palier.upkeep.dumping import Place
from palier.upkeep.rules.judging import clocks
from palier.upkeep.rules.verdicts import Finding, doubtful, faulty, well

_PATIENCE = 5
_PROMISES = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_SILENT = 120  # seconds without a heartbeat
_WAITING = 600  # seconds a job that is due may wait
_POOL = 20
"""Connections a web process may hold (docs/settings.md)."""

Connection = psycopg.AsyncConnection
Look = Callable[[Connection, Settings], Awaitable[Finding]]


async def examine(settings: Settings, here: Place) -> list[Finding]:
    """Everything about the database at `here`; one finding when it does not answer."""
    try:
        connection = await psycopg.AsyncConnection.connect(
            here.owner, connect_timeout=_PATIENCE, options="-c statement_timeout=5000", autocommit=True
        )
    except psycopg.Error as error:
        return [
            faulty(
                "database",
                f"it does not answer: {error}",
                "Check PALIER_DATABASE_URL, the server, and that it lets this machine in",
            )
        ]
    async with connection:
        found = [
            await look(connection, settings) for look in (_server, _promises, _rights, _connections, _clock)
        ]
        schema = await _schema(connection)
        found.append(schema)
        if schema.level.value == "ok":
            found += [await _worker(connection), await _queue(connection)]
    return [*found, *await _others(settings, here)]


async def _one(connection: Connection, question: str) -> tuple:
    row = await (await connection.execute(question)).fetchone()
    return row or ()


async def _server(connection: Connection, settings: Settings) -> Finding:
    info = connection.info
    major = info.server_version // 10_000
    (encoding,) = await _one(connection, "show server_encoding")
    if major < OLDEST_MAJOR:
        return faulty("database", f"PostgreSQL {major}", f"Palier needs {OLDEST_MAJOR} or newer")
    if encoding != "UTF8":
        return faulty("database", f"its encoding is {encoding}", "Make the database anew with encoding UTF8")
    far = info.host not in ("localhost", "127.0.0.1", "::1", "") and not info.host.startswith("/")
    (encrypted,) = await _one(
        connection, "select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)"
    )
    if far and not encrypted:
        return doubtful(
            "database",
            f"PostgreSQL {major} at {info.host}, in the open",
            "Add ?sslmode=require (or verify-full) to PALIER_DATABASE_URL",
        )
    return well("database", f"PostgreSQL {major}{' under TLS' if encrypted else ''}")


async def _promises(connection: Connection, settings: Settings) -> Finding:
    cursor = await connection.execute(
        "select name, setting from pg_settings where name = any(%s)", [list(_PROMISES)]
    )
    off = sorted(name for name, value in await cursor.fetchall() if value != _PROMISES[name])
    if off:
        return faulty(
            "durability",
            f"{', '.join(off)} not on",
            "What people saved can be lost when the machine falls: turn it on",
        )
    return well("durability", ", ".join(f"{name} on" for name in _PROMISES))


async def _rights(connection: Connection, settings: Settings) -> Finding:
    """The owner may act as both roles, and neither looks past row-level security."""
    cursor = await connection.execute(
        "select rolname, rolsuper or rolbypassrls, pg_has_role(current_user, oid, 'set') from pg_roles "
        "where rolname in ('palier_web', 'palier_worker')"
        if connection.info.server_version >= 160_000
        else "select rolname, rolsuper or rolbypassrls, pg_has_role(current_user, oid, 'member') from pg_roles "
        "where rolname in ('palier_web', 'palier_worker')"
    )
    rows = await cursor.fetchall()
    if len(rows) < 2:
        return faulty(
            "roles",
            "palier_web or palier_worker is missing",
            "Run `palier migrate`; where the owner may not make roles, docs/operations.md#roles",
        )
    if sees := [name for name, past, _ in rows if past]:
        return faulty(
            "roles", f"{', '.join(sees)} sees every tenant's rows", "alter role … nosuperuser nobypassrls"
        )
    if closed := [name for name, _, may in rows if not may]:
        return faulty(
            "roles",
            f"the owner may not act as {', '.join(closed)}",
            "grant palier_web, palier_worker to the owner",
        )
    (powerful,) = await _one(connection, "select rolsuper from pg_roles where rolname = current_user")
    if powerful:
        return doubtful(
            "roles",
            "the owner of the tables is a superuser",
            "An owner without it is enough (docs/operations.md#roles)",
        )
    return well("roles", "web and worker own nothing and see only what they are let")


async def _connections(connection: Connection, settings: Settings) -> Finding:
    (most,) = await _one(connection, "select current_setting('max_connections')::int")
    wanted = settings.web_processes * _POOL + 14
    said = f"{most} allowed, up to {wanted} used"
    if most < wanted:
        return doubtful("connections", said, "Raise max_connections, or lower WEB_CONCURRENCY")
    return well("connections", said)


async def _clock(connection: Connection, settings: Settings) -> Finding:
    before = now()
    (theirs,) = await _one(connection, "select clock_timestamp()")
    after = now()
    moment: datetime = theirs
    return clocks(min(max(moment, before), after), moment)


async def _schema(connection: Connection) -> Finding:
    if await _one(connection, "select to_regclass('tortoise_migrations')") == (None,):
        return doubtful(
            "schema", "the database is empty", "Run `palier migrate`; `palier serve` does it by itself"
        )
    known = {
        name
        for (name,) in await (await connection.execute("select name from tortoise_migrations")).fetchall()
    }
    if missing := sorted(set(shipped()) - known):
        return faulty(
            "schema", f"{len(missing)} migrations are missing, {missing[0]} first", "Run `palier migrate`"
        )
    if newer := sorted(known - set(shipped())):
        return doubtful(
            "schema",
            f"it is newer than this version ({newer[-1]})",
            "Old code runs on a new schema while you upgrade or go back; not for long (docs/upgrading.md)",
        )
    return well("schema", shipped()[-1])


async def _worker(connection: Connection) -> Finding:
    (silent,) = await _one(connection, "select extract(epoch from now() - max(at)) from heartbeat")
    if silent is None or silent > _SILENT:
        seen = "no worker was ever here" if silent is None else f"silent for {int(silent // 60)} minutes"
        return faulty(
            "worker",
            seen,
            "Start one (`palier serve`, or `palier work`): without it no letter leaves and no document is made",
        )
    return well("worker", f"alive {int(silent)} s ago")


async def _queue(connection: Connection) -> Finding:
    failed, late = await _one(
        connection,
        "select count(*) filter (where status = 'failed'), "
        "extract(epoch from now() - min(coalesce(scheduled_at, now())) filter (where status = 'todo' and scheduled_at < now())) "
        "from procrastinate_jobs",
    )
    if late and late > _WAITING:
        return doubtful(
            "jobs",
            f"one that is due has waited {int(late // 60)} minutes",
            "One more worker, or look at /admin/jobs",
        )
    if failed:
        return doubtful("jobs", f"{failed} failed", "See why in /admin/jobs, and try them again")
    return well("jobs", "none failed, none waits too long")


async def _others(settings: Settings, here: Place) -> list[Finding]:
    """The other addresses of the database, and the program that copies it."""
    found = []
    if settings.database_url_web:
        found.append(await _reaches("web's address", settings.database_url_web))
    found.append(await _copies(settings, here))
    return found


async def _reaches(name: str, url: str) -> Finding:
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=_PATIENCE) as connection:
            await connection.execute("select 1")
    except psycopg.Error as error:
        return faulty(name, f"it does not answer: {error}", "Check PALIER_DATABASE_URL_WEB")
    return well(name, f"answers as {conninfo_to_dict(url).get('user') or 'the account of this process'}")


async def _copies(settings: Settings, here: Place) -> Finding:
    """Whether `palier backup` could read everything, with a pg_dump that fits."""
    name = "backup role"
    try:
        async with await psycopg.AsyncConnection.connect(here.seer, connect_timeout=_PATIENCE) as connection:
            (sees,) = await _one(
                connection, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            )
            major = connection.info.server_version // 10_000
        client_program("pg_dump", major, here.programs)
    except psycopg.Error as error:
        return faulty(name, f"it cannot sign in: {error}", "Check PALIER_DATABASE_URL_BACKUP")
    except EmbeddedPostgresError as error:
        return doubtful(name, str(error), "")
    if not sees:
        return doubtful(
            name,
            "row-level security hides rows from it: `palier backup` refuses",
            "Name a role that sees them in PALIER_DATABASE_URL_BACKUP (docs/operations.md#backup), or copy the server by its own means",
        )
    return well(name, f"sees every row, pg_dump fits PostgreSQL {major}")
