"""Bytes that no row knows are swept a day later; bytes that a row knows never are."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest

from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.store import StoredFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def age(folder: Path, key: str, by: timedelta) -> None:
    moment = (datetime.now(UTC) - by).timestamp()
    os.utime(folder / "files" / key, (moment, moment))


async def test_only_old_bytes_without_a_row_go(claire: Actor, nora: Actor, folder: Path) -> None:
    shelf = files.shelves(folder)
    kept = []
    for actor in (claire, nora):
        async with transaction(actor):
            kept.append(await files.keep(shelf, actor, actor.organisation_id, "a.txt", "text/plain", b"a"))
    loose, fresh = (f"{claire.organisation_id}/{new_id()}" for _ in range(2))
    for key in (loose, fresh):
        await obstore.put_async(shelf, key, b"b")
    await obstore.put_async(shelf, "elsewhere/what-is-this", b"c")
    for key in (loose, "elsewhere/what-is-this", *(file.key for file in kept)):
        age(folder, key, timedelta(days=3))
    assert await files.sweep(shelf) == 1
    left = {entry["path"] async for batch in obstore.list(shelf) for entry in batch}
    assert left == {fresh, "elsewhere/what-is-this", *(file.key for file in kept)}
    assert [await files.fetch(shelf, file) for file in kept] == [b"a", b"a"]


async def test_a_form_that_failed_leaves_bytes_that_go(claire: Actor, folder: Path) -> None:
    shelf = files.shelves(folder)
    with pytest.raises(RuntimeError):
        async with transaction(claire):
            file = await files.keep(shelf, claire, claire.organisation_id, "a.txt", "text/plain", b"a")
            raise RuntimeError
    age(folder, file.key, timedelta(days=2))
    assert await files.sweep(shelf) == 1


async def test_bytes_that_were_altered_are_not_handed_out(claire: Actor, folder: Path) -> None:
    shelf: Any = files.shelves(folder)
    async with transaction(claire):
        file = await files.keep(shelf, claire, claire.organisation_id, "a.txt", "text/plain", b"a")
    await obstore.put_async(shelf, file.key, b"b")
    with pytest.raises(files.FileGone):
        await files.fetch(shelf, await _row(claire, file))


async def _row(actor: Actor, file: StoredFile) -> StoredFile:
    async with transaction(actor):
        return await StoredFile.get(id=file.id)
