"""The file store: bytes under a key, facts in a row of the organisation they belong to."""

import asyncio
import hashlib
import os
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore

from palier.foundation import store
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, select
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import Job

Shelf = ObjectStore
"""Where bytes are put, for those who only hand it on. Handlers take `NamedDependency[Any]`: it is a union of kinds."""


GRACE = timedelta(days=1)
"""How long bytes without a row are left alone: their transaction may still be under way."""


class FileGone(Exception):
    """The row exists and the bytes do not, or they were altered."""


class NoRoom(Exception):
    """The organisation's files fill all the room it has. `room` is how much that is, in bytes."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.room = room


@cache
def shelves(data_directory: Path) -> ObjectStore:
    """The place of the bytes: a folder of the data directory. One more kind of store is one more line here."""
    folder = data_directory / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(folder, automatic_cleanup=True)


async def keep(
    shelf: ObjectStore, actor: Actor | None, organisation: UUID, name: str, media_type: str, data: bytes,
    identifier: UUID | None = None,
) -> store.StoredFile:  # fmt: skip
    """Store `data` and its row, in the caller's transaction. The bytes are written first, under a key used once.

    Work that may be done twice names the `identifier`: the bytes then go to one place, and one row can come of it.
    """
    identifier = identifier or new_id()
    key = f"{organisation}/{identifier}"
    await obstore.put_async(shelf, key, data)
    await _settle(shelf, key)
    return await store.StoredFile.create(
        id=identifier, organisation_id=organisation, key=key, name=name, media_type=media_type, size=len(data),
        sha256=hashlib.sha256(data).hexdigest(), created_by=actor.person_id if actor else None,
    )  # fmt: skip


async def check_room(organisation: UUID, size: int, room: int) -> None:
    """Whether `size` more bytes fit beside what the organisation's files fill already. Raises NoRoom."""
    sql = "select coalesce(sum(size), 0)::bigint as kept from stored_file where organisation_id = $1"
    kept = int((await select(sql, organisation))[0]["kept"])
    if kept + size > room:
        raise NoRoom(room)


async def _settle(shelf: ObjectStore, key: str) -> None:
    """A folder's bytes are on the disk before the row that promises them: what the power takes, PostgreSQL would not."""
    if isinstance(shelf, LocalStore) and shelf.prefix:
        await asyncio.to_thread(_sync, Path(shelf.prefix) / key)


def _sync(path: Path) -> None:
    for place in (path, path.parent, path.parent.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


async def fetch(shelf: ObjectStore, file: store.StoredFile) -> bytes:
    """The bytes of `file`. Raises FileGone when they are missing or are not the ones that were stored."""
    try:
        data = bytes(await (await obstore.get_async(shelf, file.key)).bytes_async())
    except FileNotFoundError as error:
        raise FileGone(file.key) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise FileGone(file.key)
    return data


async def sweep(shelf: ObjectStore) -> int:
    """Remove bytes that no row knows, a day after they were written; how many there were.

    A form whose transaction failed leaves such bytes, and a file that was taken away. The rows are asked for one
    organisation at a time, as the worker acting for it: nobody sees them all at once.
    """
    listing = await obstore.list_with_delimiter_async(shelf)
    gone = 0
    for folder in listing["common_prefixes"]:
        gone += await _sweep(shelf, folder.strip("/"))
    return gone


async def _sweep(shelf: ObjectStore, folder: str) -> int:
    if not _is_ours(folder):
        return 0
    before = now() - GRACE
    batches = obstore.list(shelf, prefix=folder)
    old = [one["path"] async for batch in batches for one in batch if one["last_modified"] < before]
    async with reading(OnDuty(UUID(folder))):
        rows = await store.StoredFile.filter(organisation_id=UUID(folder), key__in=old) if old else []
    loose = sorted(set(old) - {row.key for row in rows})
    if loose:
        await obstore.delete_async(shelf, loose)
    return len(loose)


def _is_ours(folder: str) -> bool:
    try:
        return str(UUID(folder)) == folder
    except ValueError:
        return False


def sweeping(data_directory: Path) -> Job:
    """The job that sweeps, every night."""

    async def swept() -> None:
        await sweep(shelves(data_directory))

    return Job("files.sweep", swept, cron="40 2 * * *")


async def forget(shelf: ObjectStore, organisation: UUID) -> None:
    """Remove every byte kept for `organisation`. Its rows are the caller's to delete."""
    batches = obstore.list(shelf, prefix=str(organisation))
    keys = [entry["path"] async for batch in batches for entry in batch]
    if keys:
        await obstore.delete_async(shelf, keys)
