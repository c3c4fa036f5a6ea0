"""Coming back from a backup: everything is checked before anything is written, and what was here stays until all is in."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from palier.foundation import files
from palier.foundation.clock import now
from palier.foundation.migrating import make_roles, migrate, shipped
from palier.foundation.settings import Settings
from palier.upkeep import archive
from palier.upkeep.dumping import Place, counts, restored
from palier.upkeep.rules.contents import ANCHORS, FILES, Manifest, differences, is_signed, key_of
from palier.upkeep.sealed_archive import Keys, opening, remembered

_READ = 1 << 20
_FORCED = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relforcerowsecurity order by 1
"""
_OTHERS = """
select distinct application_name from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
_ERASED = """
select case when organisation_id is null then 'person' else 'organisation' end, coalesce(organisation_id, person_id)
from erasure where done_at > %s order by done_at
"""
_POLICIES = """
select tablename, policyname, roles::text[] from pg_policies where schemaname = 'public' and %s = any (roles::text[])
"""

Say = Callable[[str], None]


class CannotRestore(Exception):
    """Restoring is not possible, or not whole; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be restored and how. `confirm` is asked with what would be replaced, and says whether to go on."""

    path: Path
    keys: Keys
    replace: bool = False
    another_secret: bool = False
    hold_letters: bool = False
    confirm: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is here now. `letters` wait to be sent, `notes` are what somebody has to know or do."""

    manifest: Manifest
    letters: int
    notes: Sequence[str]


def look(path: Path, keys: Keys) -> archive.Checked:
    """Read the whole archive and compare every sum. Raises BadKey, Damaged, OSError."""
    with opening(path, keys) as stream:
        return archive.check(stream)


async def restore(settings: Settings, here: Place, order: Order, say: Say) -> Outcome:
    """Check, then write files and database. Raises CannotRestore, BadKey, Damaged, ProgramFailed, ShelfAway."""
    keys = remembered(order.path, order.keys)
    say("Checking every member of the archive.")
    checked = look(order.path, keys)
    manifest = checked.manifest
    _refuse_what_is_newer(manifest)
    notes = _secret_notes(settings, checked, another=order.another_secret)
    tables = _tables_here(here)
    if tables:
        _refuse_unless_meant(here, order, tables)
        notes += _erased_since(here, manifest)
    _refuse_without_room(settings, manifest)
    say(f"Writing {manifest.files} files.")
    await _put_files(settings, order.path, keys)
    say(f"Writing the database, {sum(manifest.tables.values())} rows.")
    letters = await _fill(here, order, keys, manifest)
    _put_anchors(settings, order.path, keys)
    if secret_note := _put_secret(settings, checked):
        notes.append(secret_note)
    return Outcome(manifest, letters, notes)


def _refuse_what_is_newer(manifest: Manifest) -> None:
    unknown = sorted(set(manifest.schema) - set(shipped()))
    if unknown:
        raise CannotRestore(
            f"it was made by a newer Palier ({manifest.version}, migration {unknown[-1]}): install that version first"
        )


def _secret_notes(settings: Settings, checked: archive.Checked, *, another: bool) -> list[str]:
    """Whether the manifest was signed with a secret we know: else sealed rows cannot be opened, or somebody wrote it."""
    known = [*settings.secrets]
    if checked.secret:
        kept = json.loads(checked.secret)
        known += [kept["secret"], *kept["former"]]
    if is_signed(known, checked.manifest_bytes, checked.signature):
        return []
    if not another:
        raise CannotRestore(
            "it was made under another PALIER_SECRET, or somebody else wrote it. Set the secret of that time in PALIER_SECRET "
            "or PALIER_FORMER_SECRETS; without it, add --another-secret: code apps, providers' secrets and links in letters are lost"
        )
    return [
        "The secret is another one: people with a code app need a recovery code, providers' secrets are typed again."
    ]


def _tables_here(here: Place) -> int:
    with psycopg.connect(here.owner) as connection:
        row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    return int(row[0]) if row else 0


def _refuse_unless_meant(here: Place, order: Order, tables: int) -> None:
    with psycopg.connect(here.owner) as connection:
        name = connection.info.dbname
        others = [str(row[0] or "unknown") for row in connection.execute(_OTHERS)]
        row = connection.execute("select to_regclass('organisation') is not null").fetchone()
    if not order.replace:
        raise CannotRestore(
            f"the database {name} is not empty ({tables} tables): restore into an empty one, or add --replace to replace it"
        )
    if others:
        raise CannotRestore(
            f"{', '.join(sorted(others))} is at work on the database: stop web and worker first"
        )
    what = f"{tables} tables of the database {name}" + (", one of Palier" if row and row[0] else "")
    if not order.confirm(what):
        raise CannotRestore("nothing was changed")


def _erased_since(here: Place, manifest: Manifest) -> list[str]:
    """Whom what is about to be replaced had erased after the backup: they come back with it, and nobody else will know."""
    with psycopg.connect(here.owner) as connection:
        if connection.execute("select to_regclass('public.erasure')").fetchone() == (None,):
            return []
        connection.execute("alter table erasure no force row level security")
        rows = connection.execute(_ERASED, [manifest.made_at]).fetchall()
        connection.rollback()
    return [
        f"Erased after the backup and here again: {what} {identifier}. Erase it anew."
        for what, identifier in rows
    ]


def _refuse_without_room(settings: Settings, manifest: Manifest) -> None:
    """Only the disk we see: a server elsewhere and a bucket have their own."""
    wanted = (manifest.database_bytes if settings.embedded else 0) + (
        0 if settings.files_url else manifest.file_bytes
    )
    free = shutil.disk_usage(settings.data_directory).free
    if free < wanted:
        raise CannotRestore(
            f"{settings.data_directory} has room for {free >> 20} MB, and {wanted >> 20} MB are needed"
        )


# --- files ----------------------------------------------------------------------------------------------------------


async def _put_files(settings: Settings, path: Path, keys: Keys) -> None:
    """Before the rows that name them. The same key always holds the same bytes: one that is here is written again."""
    shelf = files.shelves(settings)
    with tempfile.TemporaryDirectory(dir=settings.data_directory, prefix=".restoring-") as folder:
        beside = Path(folder) / "file"
        with opening(path, keys) as stream:
            for name, content in archive.members(stream):
                if name.startswith(FILES):
                    _write(content, beside)
                    await files.lay_down(shelf, key_of(name), beside)


def _put_anchors(settings: Settings, path: Path, keys: Keys) -> None:
    folder = settings.data_directory / ANCHORS
    with opening(path, keys) as stream:
        for name, content in archive.members(stream):
            if name.startswith(ANCHORS):
                folder.mkdir(parents=True, exist_ok=True)
                _write(content, folder / key_of(name.removeprefix(ANCHORS)))


def _write(content: IO[bytes], path: Path) -> None:
    with path.open("wb") as file:
        while data := content.read(_READ):
            file.write(data)


def _put_secret(settings: Settings, checked: archive.Checked) -> str:
    """Put the installation's secret back where it is read from, or beside it; what to do about it then."""
    if not checked.secret:
        return ""
    secret = json.loads(checked.secret)["secret"]
    if secret == settings.secret:
        return ""
    place = settings.data_directory / "secret"
    if settings.production or not place.exists() or place.read_text() != settings.secret:
        place = settings.data_directory / "secret.restored"
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    if place.name == "secret":
        return "The secret of the backup is in place."
    return f"The secret of the backup is in {place}: set PALIER_SECRET to it, then remove the file."


# --- database -------------------------------------------------------------------------------------------------------


async def _fill(here: Place, order: Order, keys: Keys, manifest: Manifest) -> int:
    """The rows in, counted, brought to our schema; how many letters wait to be sent."""
    await make_roles(here.owner)
    with _set_aside(here), _former_owner(here, manifest.owner):
        with opening(order.path, keys) as stream:
            restored(here, archive.database_pieces(stream), manifest.dumped_by)
        _refuse_another_count(here, manifest)
    await migrate(here.owner)
    return _letters(here, hold=order.hold_letters)


@contextmanager
def _set_aside(here: Place) -> Iterator[None]:
    """What is here, out of the way under another name: dropped when all went well, back in its place when it did not."""
    aside = sql.Identifier(f"before_restore_{now():%Y%m%dt%H%M%S}")
    with psycopg.connect(here.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("alter schema public rename to {}").format(aside))
        try:
            connection.execute("create schema public authorization pg_database_owner")
            yield
        except BaseException:
            connection.execute("drop schema if exists public cascade")
            connection.execute(sql.SQL("alter schema {} rename to public").format(aside))
            raise
        connection.execute(sql.SQL("drop schema {} cascade").format(aside))


@contextmanager
def _former_owner(here: Place, former: str) -> Iterator[None]:
    """Policies speak of the owner by name. Where it has another one here, the old name exists as long as they are read."""
    with psycopg.connect(here.owner, autocommit=True) as connection:
        row = connection.execute(
            "select current_user, exists (select from pg_roles where rolname = %s)", [former]
        ).fetchone()
        us, known = row or ("", True)
        if former == us or not former:
            yield
            return
        role = sql.Identifier(former)
        if not known:
            connection.execute(sql.SQL("create role {} nologin").format(role))
        yield
        for table, policy, roles in connection.execute(_POLICIES, [former]).fetchall():
            theirs = sql.SQL(", ").join(sql.Identifier(us if one == former else one) for one in roles)
            connection.execute(
                sql.SQL("alter policy {} on {} to {}").format(
                    sql.Identifier(policy), sql.Identifier("public", table), theirs
                )
            )
        if not known:
            connection.execute(
                sql.SQL("grant {0} to current_user; drop owned by {0}; drop role {0}").format(role)
            )


def _refuse_another_count(here: Place, manifest: Manifest) -> None:
    """Rows as they were copied. The owner sees them all while, in a transaction that is taken back, nothing is forced."""
    with psycopg.connect(here.owner) as connection:
        for (table,) in connection.execute(_FORCED).fetchall():
            connection.execute(
                sql.SQL("alter table {} no force row level security").format(sql.Identifier("public", table))
            )
        wrong = differences(manifest.tables, counts(connection))
        connection.rollback()
    if wrong:
        raise CannotRestore("; ".join(wrong))


def _letters(here: Place, *, hold: bool) -> int:
    """Letters that wait. Held ones are taken out of the queue, and can be tried again one by one in /admin/mails."""
    waiting = "task_name = 'mail.deliver' and status in ('todo', 'doing')"
    with psycopg.connect(here.owner) as connection:
        row = connection.execute(f"select count(*) from procrastinate_jobs where {waiting}").fetchone()  # noqa: S608  (ours)
        if hold:
            connection.execute(f"delete from procrastinate_jobs where {waiting}")  # noqa: S608  (ours)
    return int(row[0]) if row else 0
