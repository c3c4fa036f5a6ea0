"""The file store: bytes under a key, facts in a row of the organisation they belong to."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from palier.foundation import store
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import reading, select
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import Job
from palier.foundation.later import Later
from palier.foundation.settings import Settings

if TYPE_CHECKING:
    import obstore
    from obstore import exceptions
    from obstore import store as places

    Shelf = places.ObjectStore
else:
    obstore, exceptions, places = Later("obstore"), Later("obstore.exceptions"), Later("obstore.store")
    Shelf = Any
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


class ShelfAway(OSError):
    """The place of the bytes does not answer, or refuses us: nothing was kept, and another try may do."""


@cache
def shelves(settings: Settings) -> Shelf:
    """The place of the bytes: a folder of the data directory, or the bucket PALIER_FILES_URL names."""
    if settings.files_url:
        return _bucket(settings)
    folder = settings.data_directory / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return places.LocalStore(folder, automatic_cleanup=True)


def _bucket(settings: Settings) -> "places.S3Store":
    place = urlsplit(settings.files_url or "")
    where: dict[str, Any] = {"endpoint": settings.files_endpoint} if settings.files_endpoint else {}
    return places.S3Store(
        place.netloc, prefix=place.path.strip("/") or None, region=settings.files_region, access_key_id=settings.files_key_id or "",
        secret_access_key=settings.files_secret or "", virtual_hosted_style_request=not settings.files_path_style,
        client_options={"allow_http": True, "timeout": "30s", "connect_timeout": "5s"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)}, **where,
    )  # fmt: skip


async def check(shelf: Shelf) -> None:
    """Keep a few bytes, read them back, remove them. Raises ShelfAway, saying what went wrong."""
    key, data = f"check/{new_id()}", b"Palier was here."
    try:
        with _answering():
            await obstore.put_async(shelf, key, data)
            found = bytes(await (await obstore.get_async(shelf, key)).bytes_async())
            await obstore.delete_async(shelf, key)
    except FileNotFoundError as error:
        raise ShelfAway(_in_short(str(error))) from error
    if found != data:
        raise ShelfAway("what was read is not what was written")


@contextmanager
def _answering() -> Iterator[None]:
    """What a store says that is not about one file missing: it is away, in one line."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (exceptions.BaseError, OSError) as error:
        raise ShelfAway(_in_short(str(error))) from error


def _in_short(said: str) -> str:
    """A store's message without its retries, its answer's markup and its debugging."""
    line = said.partition("Debug source:")[0].strip()
    code = re.search(r"<Code>(\w+)</Code>", line)
    return code.group(1) if code else " ".join(line.rpartition(" - ")[2].split())[:200]


async def keep(
    shelf: Shelf, actor: Actor | None, organisation: UUID, name: str, media_type: str, data: bytes,
    identifier: UUID | None = None,
) -> store.StoredFile:  # fmt: skip
    """Store `data` and its row, in the caller's transaction. The bytes are written first, under a key used once.

    Work that may be done twice names the `identifier`: the bytes then go to one place, and one row can come of it.
    """
    identifier = identifier or new_id()
    key = f"{organisation}/{identifier}"
    with _answering():
        # In one piece: parts of an upload that was cut off would stay in a bucket, and no listing shows them.
        await obstore.put_async(shelf, key, data, use_multipart=False)
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


async def _settle(shelf: Shelf, key: str) -> None:
    """A folder's bytes are on the disk before the row that promises them: what the power takes, PostgreSQL would not."""
    if isinstance(shelf, places.LocalStore) and shelf.prefix:
        await asyncio.to_thread(_sync, Path(shelf.prefix) / key)


def _sync(path: Path) -> None:
    for place in (path, path.parent, path.parent.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


async def fetch(shelf: Shelf, file: store.StoredFile) -> bytes:
    """The bytes of `file`. Raises FileGone when they are missing or are not the ones that were stored."""
    try:
        with _answering():
            data = bytes(await (await obstore.get_async(shelf, file.key)).bytes_async())
    except FileNotFoundError as error:
        raise FileGone(file.key) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise FileGone(file.key)
    return data


async def sweep(shelf: Shelf) -> int:
    """Remove bytes that no row knows, a day after they were written; how many there were.

    A form whose transaction failed leaves such bytes, and a file that was taken away. The rows are asked for one
    organisation at a time, as the worker acting for it: nobody sees them all at once.
    """
    listing = await obstore.list_with_delimiter_async(shelf)
    gone = 0
    for folder in listing["common_prefixes"]:
        gone += await _sweep(shelf, folder.strip("/"))
    return gone


async def _sweep(shelf: Shelf, folder: str) -> int:
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


def sweeping(settings: Settings) -> Job:
    """The job that sweeps, every night."""

    async def swept() -> None:
        await sweep(shelves(settings))

    return Job("files.sweep", swept, cron="40 2 * * *")


async def forget(shelf: Shelf, organisation: UUID) -> None:
    """Remove every byte kept for `organisation`. Its rows are the caller's to delete."""
    batches = obstore.list(shelf, prefix=str(organisation))
    keys = [entry["path"] async for batch in batches for entry in batch]
    if keys:
        await obstore.delete_async(shelf, keys)


async def lay_down(shelf: Shelf, key: str, path: Path) -> None:
    """Put a whole file of the disk under `key`, without a row: what is made to be fetched once and then goes."""
    with _answering():
        await obstore.put_async(shelf, key, path)
        await _settle(shelf, key)


async def pieces(shelf: Shelf, key: str) -> AsyncIterator[bytes]:
    """The bytes under `key`, piece by piece. Raises FileGone before the first when there are none."""
    try:
        with _answering():
            found = await obstore.get_async(shelf, key)
    except FileNotFoundError as error:
        raise FileGone(key) from error
    async for piece in found.stream():
        yield bytes(piece)


async def take_away(shelf: Shelf, keys: Sequence[str]) -> None:
    """Remove the bytes under `keys`; those that are not there are no fault."""
    for key in keys:
        with suppress(FileNotFoundError), _answering():
            await obstore.delete_async(shelf, key)
