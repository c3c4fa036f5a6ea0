"""An archive as a stream: a plain tar, written and read from its first byte to its last, never held in memory.

Nothing of ours is needed to open one: `tar xf`, `sha256sum --check SHA256SUMS`, `cat database/* | pg_restore`.
"""

import hashlib
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import IO

from palier.upkeep.rules.contents import (
    DATABASE,
    MANIFEST,
    SECRET,
    SIGNATURE,
    SUMS,
    BadManifest,
    Manifest,
    manifest_from,
    sum_line,
    told,
)

CHUNK = 8 << 20
"""Bytes of one piece of the database: its length stands before it, so one piece has to be in memory."""

_BLOCK = 512
_READ = 1 << 20
_SMALL = 1 << 24  # bytes of a manifest; nobody makes us hold more


class Damaged(Exception):
    """The archive is not what was written: cut short, altered, or no archive at all. The message says which."""


Sign = Callable[[bytes], str]
"""Vouches for a manifest."""


class Member:
    """One member while it is written. Too few bytes are made up for with zeros, too many are dropped: see `whole`."""

    def __init__(self, out: IO[bytes], size: int) -> None:
        self._out, self.left, self.whole, self._sum = out, size, True, hashlib.sha256()

    def write(self, data: bytes) -> None:
        if len(data) > self.left:
            self.whole, data = False, data[: self.left]
        self.left -= len(data)
        self._sum.update(data)
        self._out.write(data)

    def digest(self) -> str:
        """SHA-256 of what was written so far, in hexadecimal."""
        return self._sum.hexdigest()


class Writer:
    """Writes members one after the other; `close` adds the sums, the manifest and its signature."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._sums = tempfile.SpooledTemporaryFile(1 << 20)  # noqa: SIM115  (lives as long as we)
        self._members = 0

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._sums.close()

    @contextmanager
    def member(self, name: str, size: int) -> Iterator[Member]:
        """Begin a member of exactly `size` bytes."""
        self._begin(name, size)
        opened = Member(self._out, size)
        yield opened
        if opened.left:
            opened.whole = False
            while opened.left:
                opened.write(bytes(min(opened.left, _READ)))
        self._out.write(bytes(-size % _BLOCK))
        self._sums.write(sum_line(name, opened.digest()).encode())
        self._members += 1

    def put(self, name: str, data: bytes) -> None:
        """One small member."""
        with self.member(name, len(data)) as opened:
            opened.write(data)

    def put_stream(self, prefix: str, pieces: Iterable[bytes]) -> None:
        """What has no length before it ends, as members `prefix`00000001 and so on."""
        for number, piece in enumerate(pieces, 1):
            self.put(f"{prefix}{number:08}", piece)

    def close(self, manifest: Manifest, sign: Sign) -> Manifest:
        """Write what the archive says of itself, and end it; the manifest as written."""
        self._sums.seek(0)
        digest = hashlib.file_digest(self._sums, "sha256").hexdigest()
        size = self._sums.tell()
        self._sums.seek(0)
        self._begin(SUMS, size)
        while data := self._sums.read(_READ):
            self._out.write(data)
        self._out.write(bytes(-size % _BLOCK))
        whole = replace(manifest, members=self._members, sums=digest)
        for name, text in ((MANIFEST, told(whole)), (SIGNATURE, sign(told(whole)).encode())):
            self._begin(name, len(text))
            self._out.write(text + bytes(-len(text) % _BLOCK))
        self._out.write(bytes(2 * _BLOCK))
        return whole

    def _begin(self, name: str, size: int) -> None:
        self._out.write(header(name, size))


def header(name: str, size: int) -> bytes:
    """The tar header of a member, as GNU tar writes it: no length is too long for it."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


@dataclass(frozen=True, slots=True)
class Checked:
    """What an archive holds, every sum found right. `secret` is what it keeps of the installation's secrets, if it does."""

    manifest: Manifest
    manifest_bytes: bytes
    signature: str
    secret: bytes | None


def members(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of each member; a content is read before the next is asked for. Raises Damaged."""
    with _reading(), tarfile.open(fileobj=stream, mode="r|") as tar:
        for info in tar:
            content = tar.extractfile(info)
            if content is None:
                raise Damaged(f"{info.name} is no file")
            yield info.name, content


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(f"it is cut short, or no archive: {error}") from error


def check(stream: IO[bytes]) -> Checked:
    """Read the whole archive and compare every member with its sum. Raises Damaged, naming what differs."""
    kept: dict[str, bytes] = {}
    with tempfile.TemporaryFile() as found, _reading():
        counted = 0
        for name, content in members(stream):
            if name == SUMS:
                _compare(content, found)
            elif name in (MANIFEST, SIGNATURE):
                kept[name] = content.read(_SMALL)
            else:
                counted += 1
                found.write(sum_line(name, _digest(name, content, kept)).encode())
        return _judged(kept, found, counted)


def _digest(name: str, content: IO[bytes], kept: dict[str, bytes]) -> str:
    total = hashlib.sha256()
    if name == SECRET:
        kept[name] = content.read(_SMALL)
        total.update(kept[name])
    while data := content.read(_READ):
        total.update(data)
    return total.hexdigest()


def _compare(written: IO[bytes], found: IO[bytes]) -> None:
    """Which members are not as the list of sums says, in the same order; the first by name."""
    found.seek(0)
    for said, ours in zip_longest(written, found, fillvalue=b""):
        if said != ours:
            name = (ours or said).decode(errors="replace").partition("  ")[2].strip()
            raise Damaged(f"it was altered: {name} is not as its sum says")


def _judged(kept: dict[str, bytes], found: IO[bytes], counted: int) -> Checked:
    if MANIFEST not in kept or SIGNATURE not in kept:
        raise Damaged("it is cut short: it has no manifest at its end")
    try:
        manifest = manifest_from(kept[MANIFEST])
    except BadManifest as error:
        raise Damaged(f"its manifest cannot be read: {error}") from error
    found.seek(0)
    if hashlib.file_digest(found, "sha256").hexdigest() != manifest.sums or counted != manifest.members:  # type: ignore[arg-type]
        raise Damaged("it was altered: its members are not those of its manifest")
    return Checked(manifest, kept[MANIFEST], kept[SIGNATURE].decode(errors="replace"), kept.get(SECRET))


def database_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The dump inside the archive, piece by piece."""
    for name, content in members(stream):
        if name.startswith(DATABASE):
            yield content.read()
