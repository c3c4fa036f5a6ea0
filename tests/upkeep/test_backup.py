"""Making and restoring backups in one house: what is kept out, what is refused, what is left behind when it goes wrong."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import IO
from unittest.mock import AsyncMock

import psycopg
import pyrage
import pytest

from palier.foundation import clock, embedded_postgres, files
from palier.foundation.actor import Actor
from palier.foundation.backup_note import last_backup
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import ROOT, Settings, read_settings
from palier.upkeep import archive
from palier.upkeep import jobs as upkeep_jobs
from palier.upkeep.dumping import Place, ProgramFailed, SeesTooLittle, place
from palier.upkeep.flows import backing_up
from palier.upkeep.flows.backing_up import NoRoomForBackup, Wish, back_up
from palier.upkeep.flows.restoring import CannotRestore, Order, look, restore
from palier.upkeep.rules.contents import SECRET
from palier.upkeep.sealed_archive import Keys, Lock, opening
from tests.conftest import Cast
from tests.demonstration import create_database
from tests.foundation import s3_server

pytestmark = pytest.mark.database

KEY = pyrage.x25519.Identity.generate()
OPEN, CLOSED = Lock(), Lock([str(KEY.to_public())])


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Settings:
    """The house of the stage, its files and its notes in a folder of this test."""
    return replace(settings, data_directory=tmp_path / "data")


@pytest.fixture
def here(settings: Settings) -> Place:
    url = str(settings.database_url)
    return Place(url, url.replace("//palier@", "//postgres@"), None, private=False)


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, Place]:
    """An empty house: a database without a table, a folder without a file."""
    url = create_database(str(settings.database_url), f"elsewhere_{os.getpid()}")
    (tmp_path / "there").mkdir()
    # Migrating closes the pool of the process it runs in, and there is nothing to migrate: the drill does it for real.
    monkeypatch.setattr("palier.upkeep.flows.restoring.migrate", AsyncMock())
    return replace(settings, data_directory=tmp_path / "there"), Place(url, url, None, private=False)


async def kept(house: Settings, actor: Actor, data: bytes) -> str:
    house.data_directory.mkdir(exist_ok=True)
    async with transaction(actor):
        row = await files.keep(
            files.shelves(house), actor, actor.organisation_id, "a.txt", "text/plain", data
        )
    return row.key


def names_in(path: Path, keys: Keys = Keys()) -> list[str]:  # noqa: B008  (frozen)
    with opening(path, keys) as stream:
        return [name for name, _ in archive.members(stream)]


async def test_what_is_restored_is_what_was_there(
    house: Settings, here: Place, elsewhere: tuple[Settings, Place], cast: Cast, claire: Actor, tmp_path: Path
) -> None:
    key = await kept(house, claire, b"a letter")
    made = await back_up(house, here, Wish(tmp_path / "copies", CLOSED, with_secret=True))
    there, empty = elsewhere
    outcome = await restore(there, empty, Order(made.path, Keys([str(KEY)])), lambda _: None)
    assert outcome.manifest.tables["person"] == len(cast.people)
    assert (there.data_directory / "files" / key).read_bytes() == b"a letter"
    with psycopg.connect(empty.owner, user="postgres") as connection:
        names = {name for (name,) in connection.execute("select name from person")}
    assert "Claire Lambert" in names


async def test_the_secret_stays_out_of_what_anybody_can_open(
    house: Settings, here: Place, cast: Cast, tmp_path: Path
) -> None:
    made = await back_up(house, here, Wish(tmp_path / "open", OPEN, with_secret=False))
    assert SECRET not in names_in(made.path)
    assert house.secret.encode() not in made.path.read_bytes()
    closed = await back_up(house, here, Wish(tmp_path / "closed", CLOSED, with_secret=True))
    assert SECRET in names_in(closed.path, Keys([str(KEY)]))
    assert house.secret.encode() not in closed.path.read_bytes()
    assert closed.path.stat().st_mode & 0o077 == 0


async def test_the_note_says_which_was_the_last(
    house: Settings, here: Place, cast: Cast, tmp_path: Path
) -> None:
    assert last_backup(house.data_directory) is None
    house.data_directory.mkdir()
    made = await back_up(house, here, Wish(tmp_path / "copies", CLOSED, with_secret=True))
    note = last_backup(house.data_directory)
    assert note is not None
    assert (note.path, note.size, note.encrypted) == (str(made.path), made.path.stat().st_size, True)
    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256


async def test_the_oldest_beyond_go_after_a_new_one_is_whole(
    house: Settings, here: Place, cast: Cast, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    house.data_directory.mkdir()
    begun = clock.now()
    for day in range(3):
        clock.freeze(begun + timedelta(days=day))
        made = await back_up(house, here, Wish(tmp_path, OPEN, with_secret=False, keep=2))
    left = copies_in(tmp_path)
    assert len(left) == 2
    assert made.path.name == left[-1]
    assert len(made.removed) == 1
    assert (tmp_path / "notes.txt").exists()


def copies_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.tar"))


async def test_files_that_are_gone_or_altered_are_named(
    house: Settings, here: Place, claire: Actor, tmp_path: Path
) -> None:
    gone, short, other, whole = [
        await kept(house, claire, text) for text in (b"one", b"two", b"three", b"four")
    ]
    shelf = house.data_directory / "files"
    (shelf / gone).unlink()
    (shelf / short).write_bytes(b"t")
    (shelf / other).write_bytes(b"THREE")
    made = await back_up(house, here, Wish(tmp_path / "copies", OPEN, with_secret=False))
    assert set(made.manifest.absent) == {gone, short, other}
    assert made.manifest.files == 1
    assert f"files/{whole}" in names_in(made.path)


async def test_a_full_disk_leaves_nothing_and_says_so(
    house: Settings, here: Place, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(backing_up, "_write_small_things", full)
    for lock in (OPEN, CLOSED):
        with pytest.raises(NoRoomForBackup, match="no room is left"):
            await back_up(house, here, Wish(tmp_path / "copies", lock, with_secret=False))
    assert list((tmp_path / "copies").iterdir()) == []
    assert last_backup(house.data_directory) is None


async def test_what_a_killed_backup_left_is_removed_and_one_under_way_is_not(
    house: Settings, here: Place, cast: Cast, tmp_path: Path
) -> None:
    dead, alive = tmp_path / ".palier-dead.part", tmp_path / ".palier-alive.part"
    dead.write_bytes(b"half")
    alive.write_bytes(b"half")
    house.data_directory.mkdir()
    with held(alive):
        await back_up(house, here, Wish(tmp_path, OPEN, with_secret=False))
    assert not dead.exists()
    assert alive.exists()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """As the process that writes it holds it."""
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def test_what_the_disk_gives_back_is_compared_with_what_was_written(
    house: Settings, here: Place, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rotten(file: IO[bytes]) -> None:
        file.flush()
        os.pwrite(file.fileno(), b"rot", 2000)

    monkeypatch.setattr(backing_up, "_to_disk", rotten)
    for lock in (OPEN, CLOSED):
        with pytest.raises(archive.Damaged, match="not what was written"):
            await back_up(house, here, Wish(tmp_path / "copies", lock, with_secret=False))
    assert list((tmp_path / "copies").iterdir()) == []


async def test_whoever_sees_a_part_of_the_rows_copies_none(
    house: Settings, here: Place, cast: Cast, tmp_path: Path
) -> None:
    with pytest.raises(SeesTooLittle, match="PALIER_DATABASE_URL_BACKUP"):
        await back_up(
            house, replace(here, seer=here.owner), Wish(tmp_path / "copies", OPEN, with_secret=False)
        )
    assert list((tmp_path / "copies").iterdir()) == []


async def test_a_dump_that_fails_is_no_backup(
    house: Settings, here: Place, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing_up, "dumper", lambda *_: (Path("/bin/false"), 18))
    with pytest.raises(ProgramFailed):
        await back_up(house, here, Wish(tmp_path / "copies", OPEN, with_secret=False))
    assert list((tmp_path / "copies").iterdir()) == []


# --- restoring ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def backup(house: Settings, here: Place, claire: Actor, tmp_path: Path) -> Path:
    await kept(house, claire, b"a letter")
    return (await back_up(house, here, Wish(tmp_path / "copies", OPEN, with_secret=False))).path


async def test_another_secret_is_refused_unless_it_is_meant(
    elsewhere: tuple[Settings, Place], backup: Path
) -> None:
    there, empty = elsewhere
    other = replace(there, secret="quite another secret, as long as it must")
    with pytest.raises(CannotRestore, match="another PALIER_SECRET"):
        await restore(other, empty, Order(backup, Keys()), lambda _: None)
    assert list(there.data_directory.iterdir()) == []
    outcome = await restore(other, empty, Order(backup, Keys(), another_secret=True), lambda _: None)
    assert any("recovery code" in note for note in outcome.notes)


async def test_a_newer_schema_is_refused(
    elsewhere: tuple[Settings, Place], backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palier.upkeep.flows.restoring.shipped", lambda: ["0001_tables"])
    with pytest.raises(CannotRestore, match="newer Palier"):
        await restore(*elsewhere, Order(backup, Keys()), lambda _: None)


async def test_no_room_is_said_before_anything_is_written(
    elsewhere: tuple[Settings, Place], backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palier.upkeep.flows.restoring.shutil.disk_usage", lambda _: SimpleNamespace(free=1))
    with pytest.raises(CannotRestore, match="has room for 0 MB"):
        await restore(*elsewhere, Order(backup, Keys()), lambda _: None)
    assert list(elsewhere[0].data_directory.iterdir()) == []


async def test_what_is_there_stays_until_it_is_confirmed_and_when_it_fails(
    elsewhere: tuple[Settings, Place], backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, place_ = elsewhere
    with psycopg.connect(place_.owner) as connection:
        connection.execute("create table treasure as select 'gold' as what")

    def treasure() -> list[str]:
        with psycopg.connect(place_.owner) as connection:
            return [row[0] for row in connection.execute("select what from treasure")]

    with pytest.raises(CannotRestore, match="is not empty"):
        await restore(there, place_, Order(backup, Keys()), lambda _: None)
    with pytest.raises(CannotRestore, match="nothing was changed"):
        await restore(there, place_, Order(backup, Keys(), replace=True), lambda _: None)
    with monkeypatch.context() as broken:
        broken.setattr("palier.upkeep.flows.restoring.counts", lambda _: {"person": 0})
        with pytest.raises(CannotRestore, match="rows were copied"):
            await restore(
                there, place_, Order(backup, Keys(), replace=True, confirm=lambda _: True), lambda _: None
            )
    assert treasure() == ["gold"]
    asked: list[str] = []
    await restore(
        there,
        place_,
        Order(backup, Keys(), replace=True, confirm=lambda what: not asked.append(what)),
        lambda _: None,
    )
    assert "1 tables" in asked[0]
    with pytest.raises(psycopg.errors.UndefinedTable):
        treasure()


async def test_whoever_was_erased_since_is_named(elsewhere: tuple[Settings, Place], backup: Path) -> None:
    there, empty = elsewhere
    await restore(there, empty, Order(backup, Keys()), lambda _: None)
    person = new_id()
    with psycopg.connect(empty.owner, user="postgres") as connection:
        connection.execute(
            "insert into erasure (id, person_id, fingerprint, asked_at, due_at, done_at, counts) "
            "values (%s, %s, 'f', now(), now(), now(), '{}')",
            [new_id(), person],
        )
    again = Order(backup, Keys(), replace=True, confirm=lambda _: True)
    outcome = await restore(there, empty, again, lambda _: None)
    assert [note for note in outcome.notes if f"person {person}" in note]


async def test_a_house_at_work_is_not_replaced(elsewhere: tuple[Settings, Place], backup: Path) -> None:
    there, place_ = elsewhere
    with psycopg.connect(place_.owner, application_name="palier_web") as connection:
        connection.execute("create table treasure ()")
        connection.commit()
        with pytest.raises(CannotRestore, match="palier_web is at work"):
            await restore(
                there, place_, Order(backup, Keys(), replace=True, confirm=lambda _: True), lambda _: None
            )


async def test_from_a_folder_into_a_bucket_and_back(
    house: Settings, here: Place, elsewhere: tuple[Settings, Place], claire: Actor, tmp_path: Path
) -> None:
    """The copy does not know where files lie; the settings of the place it is restored into do."""
    key = await kept(house, claire, b"a letter")
    made = await back_up(house, here, Wish(tmp_path / "copies", OPEN, with_secret=False))
    there, empty = elsewhere
    with s3_server.serving() as bucket:
        at = {
            "files_url": f"s3://{s3_server.BUCKET}",
            "files_endpoint": bucket.address,
            "files_region": s3_server.REGION,
        }
        keys = {"files_key_id": s3_server.KEY_ID, "files_secret": s3_server.SECRET}
        far = replace(there, **at, **keys)
        await restore(far, empty, Order(made.path, Keys()), lambda _: None)
        assert bucket.objects[key][0] == b"a letter"
        assert not (there.data_directory / "files").exists()
        again = await back_up(
            replace(house, **at, **keys), here, Wish(tmp_path / "again", OPEN, with_secret=False)
        )
    assert (again.manifest.files, list(again.manifest.absent)) == (1, [])
    assert f"files/{key}" in names_in(again.path)


async def test_a_bucket_that_is_away_makes_no_backup(
    house: Settings, here: Place, claire: Actor, tmp_path: Path
) -> None:
    await kept(house, claire, b"a letter")
    away = replace(
        house, files_url="s3://away", files_endpoint="http://127.0.0.1:1", files_key_id="k", files_secret="s"
    )
    with pytest.raises(files.ShelfAway):
        await back_up(away, here, Wish(tmp_path / "copies", OPEN, with_secret=False))
    assert copies_in(tmp_path / "copies") == []


async def test_the_worker_makes_one_where_a_place_is_set(
    settings: Settings, here: Place, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upkeep_jobs.jobs(settings) == []
    (job,) = upkeep_jobs.jobs(replace(settings, backup_to=tmp_path / "nightly"))
    assert job.cron
    for name, value in {
        "PALIER_DATABASE_URL": here.owner, "PALIER_DATA_DIR": str(tmp_path / "data"), "PALIER_BACKUP_TO": str(tmp_path / "nightly"),
        "PYTHONPATH": str(ROOT / "src"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with pytest.raises(upkeep_jobs.BackupFailed):  # the owner alone does not see everything
        await job.handler()
    assert copies_in(tmp_path / "nightly") == []
    monkeypatch.setenv("PALIER_DATABASE_URL_BACKUP", here.seer)
    await job.handler()
    assert len(copies_in(tmp_path / "nightly")) == 1
    assert last_backup(tmp_path / "data") is not None


async def test_letters_that_waited_can_be_held(
    elsewhere: tuple[Settings, Place], house: Settings, here: Place, claire: Actor, tmp_path: Path
) -> None:
    with psycopg.connect(here.seer) as connection:
        connection.execute(
            "select enqueue('mail.deliver', jsonb_build_object('mail', gen_random_uuid()), null, null)"
        )
    house.data_directory.mkdir()
    made = await back_up(house, here, Wish(tmp_path / "copies", OPEN, with_secret=False))
    outcome = await restore(*elsewhere, Order(made.path, Keys(), hold_letters=True), lambda _: None)
    assert outcome.letters == 1
    with psycopg.connect(elsewhere[1].owner) as connection:
        assert connection.execute("select count(*) from procrastinate_jobs").fetchone() == (0,)


async def test_a_look_reads_everything_and_writes_nothing(backup: Path) -> None:
    assert look(backup, Keys()).manifest.files == 1


def test_a_process_of_the_supervisor_finds_the_private_servers_superuser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is told the owner's address, never the superuser's; `palier backup` under it finds that by itself."""
    cluster = embedded_postgres.prepare(tmp_path, say=lambda _: None)
    told = read_settings({"PALIER_DATA_DIR": str(tmp_path), "PALIER_DATABASE_URL": cluster.url})
    with place(told, print) as stranger:
        assert stranger.seer == cluster.url
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text(str(cluster.binaries.major))
    with place(told, print) as ours:
        assert ours.seer == cluster.administrators_url
    with place(replace(told, database_url="postgresql://palier@elsewhere/palier"), print) as other:
        assert other.seer == other.owner
