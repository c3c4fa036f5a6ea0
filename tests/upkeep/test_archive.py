"""An archive opens as it was closed, and whatever happened to it on the way is noticed and named."""

import errno
import io
import json
import subprocess
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from palier import __main__ as command
from palier.upkeep import archive
from palier.upkeep.archive import Checked, Damaged
from palier.upkeep.rules.contents import (
    BadManifest,
    Manifest,
    differences,
    is_signed,
    key_of,
    manifest_from,
    signature,
    told,
)
from palier.upkeep.rules.keeping import made_at_of, name_of, superfluous
from palier.upkeep.sealed_archive import BadKey, Keys, Lock, closing, opening, remembered

MADE_AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
MANIFEST = Manifest(MADE_AT, "1", ("0001_tables",), 18, 18, "palier", 1, {"person": 2})
SECRET = "a secret of the tests"
KEY = pyrage.x25519.Identity.generate()
FOR_KEY = Lock([str(KEY.to_public())])


def written(path: Path, lock: Lock = Lock()) -> Path:  # noqa: B008  (frozen)
    with path.open("w+b") as out, closing(out, lock) as (stream, _), archive.Writer(stream) as writer:
        writer.put_stream("database/", [b"rows" * 5000, b"more rows"])
        writer.put("files/a/b", b"the bytes of a file")
        writer.close(MANIFEST, lambda manifest: signature(SECRET, manifest))
    return path


def checked(path: Path, keys: Keys = Keys()) -> Checked:  # noqa: B008  (frozen)
    with opening(path, keys) as stream:
        return archive.check(stream)


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    found = checked(written(tmp_path / "plain.tar"))
    assert found.manifest == replace(MANIFEST, members=3, sums=found.manifest.sums)
    assert is_signed([SECRET], found.manifest_bytes, found.signature)
    assert not is_signed(["another"], found.manifest_bytes, found.signature)


def test_the_systems_own_programs_open_it(tmp_path: Path) -> None:
    with tarfile.open(written(tmp_path / "plain.tar")) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=False
    )
    assert done.returncode == 0
    assert (tmp_path / "out/database/00000002").read_bytes() == b"more rows"


def test_closed_for_a_key_it_opens_with_that_key_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "closed.tar.age", FOR_KEY)
    assert b"rows" not in path.read_bytes()
    assert checked(path, Keys([str(KEY)])).manifest.members == 3
    for keys in (Keys(), Keys([str(pyrage.x25519.Identity.generate())]), Keys(passphrase="a guess")):
        with pytest.raises(BadKey):
            checked(path, keys)


def test_closed_with_a_passphrase_it_asks_for_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "sealed.tar", Lock(passphrase="correct horse"))
    with pytest.raises(BadKey, match="passphrase"):
        checked(path)
    keys = remembered(path, Keys(passphrase="correct horse"))
    assert keys.passphrase == ""
    assert checked(path, keys).manifest.members == 3
    assert b"rows" not in path.read_bytes()


def test_the_command_reads_a_backup_with_the_key_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, key, other = (
        written(tmp_path / "closed.tar.age", FOR_KEY),
        tmp_path / "key.txt",
        tmp_path / "other.txt",
    )
    key.write_text(f"# created: today\n# public key: {KEY.to_public()}\n{KEY}\n")
    other.write_text(str(pyrage.x25519.Identity.generate()))
    assert command.main(["restore", str(path), "--check", "--identity", str(key)]) == 0
    assert json.loads(capsys.readouterr().out)["tables"] == {"person": 2}
    assert command.main(["restore", str(path), "--check", "--identity", str(other)]) == 1
    assert "none of the keys given opens it" in capsys.readouterr().err
    assert command.main(["restore", str(path), "--check"]) == 1
    assert "--identity" in capsys.readouterr().err
    assert command.main(["restore", str(tmp_path / "gone"), "--check"]) == 1
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize("lock", [Lock(), FOR_KEY], ids=["plain", "closed"])
def test_wherever_it_is_cut_short_it_is_noticed(tmp_path: Path, lock: Lock) -> None:
    whole = written(tmp_path / "whole", lock).read_bytes()
    cut = tmp_path / "cut"
    for length in (*range(0, len(whole) - 1100, 997), len(whole) - 2000):
        cut.write_bytes(whole[:length])
        with pytest.raises((Damaged, BadKey)):
            checked(cut, Keys([str(KEY)]))


@pytest.mark.parametrize("lock", [Lock(), FOR_KEY], ids=["plain", "closed"])
def test_whatever_byte_is_altered_it_is_noticed(tmp_path: Path, lock: Lock) -> None:
    whole = written(tmp_path / "whole", lock).read_bytes()
    told_apart, altered = checked(tmp_path / "whole", Keys([str(KEY)])), tmp_path / "altered"
    for place in range(0, len(whole), 641):
        altered.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            found = checked(altered, Keys([str(KEY)]))
        except (Damaged, BadKey, OSError):
            continue
        vouched = is_signed([SECRET], found.manifest_bytes, found.signature)
        assert found == told_apart or not vouched, place  # tar fills its blocks with zeros nobody reads


def test_what_was_altered_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "plain.tar")
    path.write_bytes(path.read_bytes().replace(b"bytes of a file", b"BYTES of a file"))
    with pytest.raises(Damaged, match="files/a/b"):
        checked(path)


def test_any_other_file_is_no_archive(tmp_path: Path) -> None:
    for data in (b"", b"words" * 1000, bytes(10_240)):
        (tmp_path / "other").write_bytes(data)
        with pytest.raises(Damaged):
            checked(tmp_path / "other")


def test_a_full_disk_comes_out_as_itself() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "no room")

    with pytest.raises(OSError) as fault, closing(Full(), FOR_KEY) as (stream, _):  # noqa: PT011
        for _ in range(100):
            stream.write(bytes(1 << 16))
    assert fault.value.errno == errno.ENOSPC


def test_a_member_that_is_shorter_than_promised_is_told() -> None:
    with archive.Writer(io.BytesIO()) as writer:
        with writer.member("files/a", 10) as member:
            member.write(b"short")
        assert not member.whole
        with writer.member("files/b", 2) as member:
            member.write(b"long")
        assert not member.whole


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "a/../b", "a//b", "", ".hidden", "a/.."])
def test_no_member_leaves_the_store(key: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        key_of(f"files/{key}")


def test_keys_of_the_store_are_taken() -> None:
    assert key_of("files/0f/ab-1") == "0f/ab-1"
    assert key_of("files/parcels/0f.zip") == "parcels/0f.zip"


def test_a_manifest_of_another_time_is_refused_not_guessed() -> None:
    plain = json.loads(told(MANIFEST))
    for change in ({"format": 2}, {"product": "other"}, {"rows": 1}, {"made_at": "yesterday"}):
        with pytest.raises(BadManifest):
            manifest_from(json.dumps(plain | change).encode())
    with pytest.raises(BadManifest):
        manifest_from(b"[]")


def test_tables_with_another_number_of_rows_are_named() -> None:
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 2}) == []
    assert len(differences({"a": 1, "b": 2}, {"a": 1, "c": 3})) == 2


def test_names_tell_the_order_and_only_ours_are_removed() -> None:
    names = [
        name_of(MADE_AT.replace(day=day), ending) for day, ending in ((1, ""), (2, ".age"), (3, ".sealed"))
    ]
    assert made_at_of(names[1]) == MADE_AT.replace(day=2)
    assert superfluous([*names, "palier.tar", "notes.txt", f"{names[0]}.bak"], 2) == [names[0]]
    assert superfluous(names, 3) == []
