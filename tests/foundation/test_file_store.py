"""The file store, in a folder and in a bucket: the same bytes come back or none; what no row knows is swept a day later."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest

from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings, read_settings
from palier.foundation.store import StoredFile
from tests.foundation.s3_server import BUCKET, KEY_ID, REGION, SECRET, Bucket, serving


@dataclass(frozen=True)
class Place:
    """A place of bytes as the settings give it, and how a test makes what is in it older."""

    shelf: Any
    age: Callable[[str, timedelta], None]


def bucket_settings(address: str, folder: Path, **other: str) -> Settings:
    return read_settings({
        "PALIER_DATA_DIR": str(folder), "PALIER_FILES_URL": f"s3://{BUCKET}/palier/production", "PALIER_FILES_ENDPOINT": address,
        "PALIER_FILES_REGION": REGION, "PALIER_FILES_KEY_ID": KEY_ID, "PALIER_FILES_SECRET": SECRET, **other,
    })  # fmt: skip


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with serving() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket) -> Iterator[Place]:
    """Once a folder, once a bucket behind HTTP."""
    if request.param == "bucket":
        yield Place(files.shelves(bucket_settings(bucket.address, tmp_path)), _ages_in(bucket))
        assert not bucket.refused
        bucket.objects.clear()
        return
    shelf = files.shelves(read_settings({"PALIER_DATA_DIR": str(tmp_path)}))

    def age(key: str, by: timedelta) -> None:
        moment = (datetime.now(UTC) - by).timestamp()
        os.utime(tmp_path / "files" / key, (moment, moment))

    yield Place(shelf, age)


def _ages_in(bucket: Bucket) -> Callable[[str, timedelta], None]:
    def age(key: str, by: timedelta) -> None:
        whole = f"palier/production/{key}"
        bucket.objects[whole] = bucket.objects[whole][0], datetime.now(UTC) - by

    return age


async def keep(place: Place, actor: Actor, data: bytes = b"a") -> StoredFile:
    async with transaction(actor):
        return await files.keep(place.shelf, actor, actor.organisation_id, "a.txt", "text/plain", data)


async def left(place: Place) -> set[str]:
    return {entry["path"] async for batch in obstore.list(place.shelf) for entry in batch}


async def test_only_old_bytes_without_a_row_go(claire: Actor, nora: Actor, place: Place) -> None:
    kept = [await keep(place, actor) for actor in (claire, nora)]
    loose, fresh = (f"{claire.organisation_id}/{new_id()}" for _ in range(2))
    for key in (loose, fresh, "elsewhere/what-is-this"):
        await obstore.put_async(place.shelf, key, b"b")
    for key in (loose, "elsewhere/what-is-this", *(file.key for file in kept)):
        place.age(key, timedelta(days=3))
    assert await files.sweep(place.shelf) == 1
    assert await left(place) == {fresh, "elsewhere/what-is-this", *(file.key for file in kept)}
    assert [await files.fetch(place.shelf, file) for file in kept] == [b"a", b"a"]


async def test_a_form_that_failed_leaves_bytes_that_go(claire: Actor, place: Place) -> None:
    with pytest.raises(RuntimeError):
        async with transaction(claire):
            file = await files.keep(place.shelf, claire, claire.organisation_id, "a.txt", "text/plain", b"a")
            raise RuntimeError
    assert await files.sweep(place.shelf) == 0
    place.age(file.key, timedelta(days=2))
    assert await files.sweep(place.shelf) == 1


async def test_bytes_that_were_altered_or_lost_are_not_handed_out(claire: Actor, place: Place) -> None:
    file = await keep(place, claire)
    await obstore.put_async(place.shelf, file.key, b"b")
    with pytest.raises(files.FileGone):
        await files.fetch(place.shelf, file)
    await obstore.delete_async(place.shelf, file.key)
    with pytest.raises(files.FileGone):
        await files.fetch(place.shelf, file)


async def test_an_organisation_is_forgotten_whole_and_alone(claire: Actor, nora: Actor, place: Place) -> None:
    """More than one page of the listing, and several megabytes."""
    for _ in range(5):
        await keep(place, claire)
    other = await keep(place, nora, b"n" * 6_000_000)
    await files.forget(place.shelf, claire.organisation_id)
    await files.forget(place.shelf, claire.organisation_id)
    assert await left(place) == {other.key}
    assert len(await files.fetch(place.shelf, other)) == 6_000_000


async def test_a_place_that_works_passes_the_check_and_keeps_nothing_of_it(place: Place) -> None:
    await files.check(place.shelf)
    assert await left(place) == set()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"PALIER_FILES_SECRET": "another"}, "SignatureDoesNotMatch"),
        ({"PALIER_FILES_URL": "s3://nowhere"}, "NoSuchBucket"),
        ({"PALIER_FILES_ENDPOINT": "http://127.0.0.1:9"}, "request"),
    ],
    ids=["secret", "bucket", "endpoint"],
)
async def test_a_bucket_that_refuses_us_is_told_in_one_line(
    bucket: Bucket, tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    shelf = files.shelves(bucket_settings(bucket.address, tmp_path, **wrong))
    with pytest.raises(files.ShelfAway) as away:
        await files.check(shelf)
    assert said in str(away.value)
    assert "\n" not in str(away.value)
    assert len(str(away.value)) <= 200
    bucket.refused = 0
