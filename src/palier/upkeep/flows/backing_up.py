"""Making a backup: one moment of the database, the files it speaks of, and a second look at what was written."""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import IO

from palier.foundation import clock, files
from palier.foundation.backup_note import BackupNote, note_backup
from palier.foundation.settings import Settings
from palier.upkeep import archive
from palier.upkeep.dumping import Place, Snapshot, dumped, dumper, snapshot
from palier.upkeep.rules.contents import ANCHORS, DATABASE, FILES, SECRET, Manifest, signature
from palier.upkeep.rules.keeping import name_of, superfluous
from palier.upkeep.sealed_archive import BadKey, Keys, Lock, closing, opening

FOLDER = "backups"
"""Where they go in the data directory when nobody names a place."""

_READ = 1 << 20


class NoRoomForBackup(Exception):
    """The disk is full; nothing is left of the attempt."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `target` is a folder or a file, `keep` how many stay in a folder (None: all)."""

    target: Path
    lock: Lock
    with_secret: bool
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written, read again and found whole."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest
    removed: Sequence[str]


async def back_up(settings: Settings, here: Place, wish: Wish) -> Made:
    """Make one backup. Raises NoRoomForBackup, SeesTooLittle, ProgramFailed, BadKey, ShelfAway, Damaged, psycopg.Error."""
    made_at = clock.now()
    is_folder = wish.target.is_dir() or not wish.target.suffix
    path = wish.target / name_of(made_at, wish.lock.ending) if is_folder else wish.target
    path.parent.mkdir(parents=True, exist_ok=True)
    async with _draft(path) as (draft, file):
        out = _Summed(file)
        with closing(out, wish.lock) as (stream, keys), snapshot(here) as moment:
            manifest = await _write(settings, here, moment, stream, wish)
        _to_disk(file)
        size, digest = _look_again(draft, keys, None if wish.lock.passphrase else out.digest())
    removed = _tidy(path.parent, wish.keep) if is_folder and wish.keep else []
    note_backup(
        settings.data_directory,
        BackupNote(manifest.made_at, str(path), size, wish.lock.closed, len(manifest.absent)),
    )
    return Made(path, size, digest, manifest, removed)


async def _write(
    settings: Settings, here: Place, moment: Snapshot, stream: IO[bytes], wish: Wish
) -> Manifest:
    """The whole archive into `stream`: first the database, then the files it speaks of, which are never changed."""
    program, dumped_by = dumper(here, moment)
    manifest = Manifest(
        made_at=clock.now(),
        version=version("palier"),
        schema=moment.schema(),
        postgres=moment.postgres,
        dumped_by=dumped_by,
        owner=moment.owner(),
        database_bytes=moment.size(),
        tables=moment.counts(),
        secret=wish.with_secret,
    )
    with archive.Writer(stream) as writer:
        writer.put_stream(DATABASE, dumped(here, moment, program))
        manifest = await _write_files(files.shelves(settings), moment, writer, manifest)
        _write_small_things(settings, writer, with_secret=wish.with_secret)
        return writer.close(manifest, lambda told: signature(settings.secret, told))


def _write_small_things(settings: Settings, writer: archive.Writer, *, with_secret: bool) -> None:
    """The anchors of the trail, and what opens the rows that are sealed."""
    for anchors in sorted((settings.data_directory / ANCHORS).glob("*.jsonl")):
        writer.put(f"{ANCHORS}{anchors.name}", anchors.read_bytes())
    if with_secret:
        kept = {"secret": settings.secret, "former": settings.former_secrets}
        writer.put(SECRET, json.dumps(kept).encode())


async def _write_files(
    shelf: files.Shelf, moment: Snapshot, writer: archive.Writer, manifest: Manifest
) -> Manifest:
    count, total, absent = 0, 0, []
    for key, size, digest in moment.files():
        if await _write_file(shelf, writer, key, size, digest):
            count, total = count + 1, total + size
        else:
            absent.append(key)
    return replace(manifest, files=count, file_bytes=total, absent=tuple(absent))


async def _write_file(shelf: files.Shelf, writer: archive.Writer, key: str, size: int, digest: str) -> bool:
    """Whether the bytes under `key` are there, and are the ones the row promises; altered ones are copied all the same."""
    pieces = files.pieces(shelf, key)
    try:
        piece = await anext(pieces, b"")
    except files.FileGone:
        return False
    with writer.member(f"{FILES}{key}", size) as opened:
        opened.write(piece)
        async for more in pieces:
            opened.write(more)
    return opened.whole and opened.digest() == digest


@asynccontextmanager
async def _draft(path: Path) -> AsyncIterator[tuple[Path, IO[bytes]]]:
    """A file beside `path` that takes its place when the block ends well, and is gone when it does not."""
    _remove_what_was_left(path.parent)
    draft = path.with_name(f".{path.name}.part")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as out:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield draft, out
            draft.rename(path)
        _settle(path.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomForBackup(f"no room is left in {path.parent}") from error
        raise
    finally:
        draft.unlink(missing_ok=True)


def _remove_what_was_left(folder: Path) -> None:
    """Drafts of backups that were killed: nobody holds their lock."""
    for draft in folder.glob(".palier-*.part"):
        with suppress(OSError), draft.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink()


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Summed:
    """A file that knows the SHA-256 of what was written to it, as long as nobody seeks in it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._sum, self._file = hashlib.sha256(), file
        self.seek, self.tell, self.flush = file.seek, file.tell, file.flush

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        return self._file.write(data)

    def digest(self) -> str:
        return self._sum.hexdigest()


def _to_disk(file: IO[bytes]) -> None:
    """Written down, and out of memory where the system lets go: the second look is at the disk."""
    file.flush()
    os.fsync(file.fileno())
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _look_again(draft: Path, keys: Keys, written: str | None) -> tuple[int, str]:
    """Read what was written, and every member by its sum where we can open it; the file's size and SHA-256."""
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if written not in (None, digest):
        raise archive.Damaged("what was read from the disk is not what was written to it")
    with suppress(BadKey), opening(draft, keys) as stream:
        archive.check(stream)
    return draft.stat().st_size, digest


def _tidy(folder: Path, keep: int | None) -> list[str]:
    gone = superfluous((one.name for one in folder.iterdir()), keep or 0) if keep else []
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return gone
