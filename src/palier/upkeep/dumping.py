"""PostgreSQL's own pg_dump and pg_restore, and the snapshot that everything of one backup is seen in.

Passwords reach the programs by their environment, never by their arguments, which every account of a machine can list.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from palier.foundation import embedded_postgres
from palier.foundation.embedded_postgres import Say
from palier.foundation.postgres_programs import client_program, major_of
from palier.foundation.settings import Settings
from palier.upkeep.archive import CHUNK

_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
_PATIENT = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
_TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1
"""
_FILES = """
select key, size, sha256 from stored_file
union all select 'parcels/' || id || '.zip', size, sha256 from parcel where state = 'done' and size is not null
"""


class ProgramFailed(Exception):
    """pg_dump or pg_restore ended with an error; the message is its own."""


class SeesTooLittle(Exception):
    """The role that was to read everything is bound by row-level security: a copy made by it would be a part of one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is: `owner` is its owner's address, `seer` that of a role that sees every row."""

    owner: str
    seer: str
    programs: Path | None
    private: bool


@contextmanager
def place(settings: Settings, say: Say) -> Iterator[Place]:
    """The database of these settings; the private server runs as long as anybody is inside this block."""
    if settings.database_url is not None:
        seer = settings.database_url_backup or _private_seer(settings) or settings.database_url
        yield Place(settings.database_url, seer, settings.postgres_binaries, private=False)
        return
    with embedded_postgres.running(settings.data_directory, settings.postgres_binaries, say=say) as cluster:
        yield Place(cluster.url, cluster.administrators_url, cluster.binaries.folder, private=True)


def _private_seer(settings: Settings) -> str:
    """The private server's superuser, where a supervisor told us the address of the owner's database on it; else ""."""
    if not (settings.data_directory / "postgres" / "data" / "PG_VERSION").exists():
        return ""
    cluster = embedded_postgres.prepare(
        settings.data_directory, settings.postgres_binaries, say=lambda _: None
    )
    return cluster.administrators_url if cluster.url == settings.database_url else ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database: whatever is asked of it, and whatever is dumped by its `name`, is of that moment."""

    connection: psycopg.Connection
    name: str
    postgres: int

    def owner(self) -> str:
        """Whose the tables are."""
        return self._one("select tableowner from pg_tables where schemaname = 'public' limit 1") or ""

    def schema(self) -> list[str]:
        """The migrations it has seen, in order."""
        rows = self.connection.execute("select name from tortoise_migrations order by name")
        return [str(name) for (name,) in rows]

    def size(self) -> int:
        """Bytes on the server's disk."""
        return int(self._one("select pg_database_size(current_database())") or 0)

    def counts(self) -> dict[str, int]:
        """Rows of every table."""
        return counts(self.connection)

    def files(self) -> Iterator[tuple[str, int, str]]:
        """Key, size and SHA-256 of every file that a row names, some hundreds of them in memory."""
        with self.connection.cursor(name="files") as cursor:
            cursor.itersize = 500
            cursor.execute(_FILES)
            yield from cursor

    def _one(self, question: str) -> str | None:
        row = self.connection.execute(question).fetchone()
        return str(row[0]) if row else None


@contextmanager
def snapshot(here: Place) -> Iterator[Snapshot]:
    """A moment of the database, held as long as this block. Raises SeesTooLittle, psycopg.Error."""
    with psycopg.connect(here.seer, options=_PATIENT, application_name="palier backup") as connection:
        connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        row = connection.execute(
            "select rolsuper or rolbypassrls, current_user, pg_export_snapshot() from pg_roles where rolname = current_user"
        ).fetchone()
        sees, who, name = row or (False, "", "")
        if not sees:
            raise SeesTooLittle(
                f"row-level security hides rows from {who}. As a superuser of the server run: create role palier_backup login bypassrls "
                "password '…'; grant pg_read_all_data to palier_backup; and name it in PALIER_DATABASE_URL_BACKUP"
            )
        yield Snapshot(connection, name, connection.info.server_version // 10_000)


def counts(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table that this connection sees."""
    found: dict[str, int] = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        row = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier("public", table))
        ).fetchone()
        found[table] = int(row[0]) if row else 0
    return found


def dumper(here: Place, moment: Snapshot) -> tuple[Path, int]:
    """The pg_dump for this server, and its major version: an older pg_restore does not read what it writes."""
    program = client_program("pg_dump", moment.postgres, here.programs)
    return program, major_of(program)


def dumped(here: Place, moment: Snapshot, program: Path) -> Iterator[bytes]:
    """The database in pg_dump's own format, in pieces of CHUNK bytes. Raises ProgramFailed."""
    command = [str(program), "--format=custom", "--compress=3", f"--snapshot={moment.name}"]
    with tempfile.TemporaryFile() as words:
        with subprocess.Popen(
            [*command, "--no-tablespaces", "--no-publications", "--no-subscriptions"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            env=_environment(here.seer),
            cwd="/",
        ) as process:
            try:
                yield from iter(lambda: process.stdout.read(CHUNK) if process.stdout else b"", b"")
            except GeneratorExit:
                process.kill()
                raise
        if process.returncode:
            raise ProgramFailed(_last_words(words, "pg_dump"))


def restored(here: Place, pieces: Iterable[bytes], postgres: int) -> None:
    """Fill an empty database as its owner, all of it or nothing. Raises ProgramFailed."""
    program = client_program("pg_restore", postgres, here.programs)
    command = [
        str(program),
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--dbname",
        _name(here.owner),
    ]
    with tempfile.TemporaryFile() as words:
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=words,
            env=_environment(here.owner),
            cwd="/",
        ) as process:
            _push(process, pieces)
        if process.returncode:
            raise ProgramFailed(_last_words(words, "pg_restore"))


def _push(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    """A program that gives up stops reading; what it said is asked for afterwards."""
    if process.stdin is None:
        return
    try:
        for piece in pieces:
            process.stdin.write(piece)
        process.stdin.close()
    except BrokenPipeError:
        return
    except BaseException:
        process.kill()
        raise


def _environment(url: str) -> Mapping[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    said = {_VARIABLES[key]: str(value) for key, value in conninfo_to_dict(url).items() if key in _VARIABLES}
    return given | said | {"LC_ALL": "C", "PGAPPNAME": "palier backup", "PGOPTIONS": _PATIENT}


def _name(url: str) -> str:
    return str(conninfo_to_dict(url).get("dbname") or "palier")


def _last_words(words: IO[bytes], program: str) -> str:
    words.seek(0)
    lines = words.read().decode(errors="replace").strip().splitlines()
    return "\n".join(lines[-5:]) or f"{program} ended without a word"
