"""Archives under age (age-encryption.org): a stream goes in and a stream comes out, whatever its length.

For public keys the file is what `age` itself writes: `age -d -i key.txt FILE | tar x`. With a passphrase it is a tar of
two: `key.age`, a key made for this one file and sealed with the passphrase, and `content.age`, sealed for that key:
`tar xf FILE; age -d key.age > key.txt; age -d -i key.txt content.age | tar x`.
"""

import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from palier.upkeep.archive import Damaged, header

_KEY, _CONTENT = "key.age", "content.age"
_AGE = b"age-encryption.org/v1"
_BLOCK = 512
_LARGEST_KEY = 1 << 16


class BadKey(Exception):
    """A key or passphrase is missing, is none, or does not open this archive; the message says what would do."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How an archive is closed: for public keys, with a passphrase, or not at all."""

    recipients: Sequence[str] = ()
    passphrase: str = ""

    @property
    def closed(self) -> bool:
        return bool(self.recipients or self.passphrase)

    @property
    def ending(self) -> str:
        """What the file's name ends with, after ".tar"."""
        return ".age" if self.recipients else ".sealed" if self.passphrase else ""


@dataclass(frozen=True, slots=True)
class Keys:
    """What may open an archive: secret keys of age, a passphrase."""

    identities: Sequence[str] = ()
    passphrase: str = ""


@contextmanager
def closing(out: Any, lock: Lock) -> Iterator[tuple[IO[bytes], Keys]]:
    """A stream whose bytes arrive closed in `out`, a file one may seek in, and what opens it again where we know that."""
    if lock.recipients:
        with _encrypting(out, [_recipient(one) for one in lock.recipients]) as stream:
            yield stream, Keys()
    elif lock.passphrase:
        once = pyrage.x25519.Identity.generate()
        with _content(out, once, lock.passphrase), _encrypting(out, [once.to_public()]) as stream:
            yield stream, Keys(identities=[str(once)])
    else:
        yield out, Keys()


@contextmanager
def opening(path: Path, keys: Keys) -> Iterator[IO[bytes]]:
    """The plain archive inside the file. Raises BadKey, Damaged, OSError."""
    with path.open("rb") as file:
        beginning = file.read(len(_AGE))
        file.seek(0)
        if beginning == _AGE:
            with _decrypting(file, _identities(keys)) as stream:
                yield stream
            return
        sealed = _sealed_key(file)
        if sealed is None:
            file.seek(0)
            yield file
            return
        with _decrypting(_inner(file), _identities(keys, sealed)) as stream:
            yield stream


def remembered(path: Path, keys: Keys) -> Keys:
    """Keys that open the file as these do, without asking the passphrase again: that takes a second on purpose."""
    with path.open("rb") as file:
        if file.read(len(_AGE)) == _AGE:
            return keys
        file.seek(0)
        sealed = _sealed_key(file)
    return keys if sealed is None else Keys([str(one) for one in _identities(keys, sealed)])


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BadKey(f"{text[:12]}… is no public key of age: {error}") from error


def _identities(keys: Keys, sealed: bytes = b"") -> list[Any]:
    """The secret keys to try. `sealed` is the file's own, under the passphrase."""
    if not keys.identities and not (sealed and keys.passphrase):
        what = (
            "its passphrase (--passphrase-file)" if sealed else "the secret key it was made for (--identity)"
        )
        raise BadKey(f"it is encrypted: give {what}")
    try:
        if sealed and not keys.identities:
            return [
                pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(sealed, keys.passphrase).decode())
            ]
        return [pyrage.x25519.Identity.from_str(one) for one in keys.identities]
    except pyrage.DecryptError as error:
        raise BadKey("the passphrase is not the one it was made with") from error
    except pyrage.IdentityError as error:
        raise BadKey(f"what was given is no secret key of age: {error}") from error


@contextmanager
def _content(out: IO[bytes], once: Any, passphrase: str) -> Iterator[None]:
    """Around the closed content: the key before it, and its length written where it belongs once it is known."""
    key = pyrage.passphrase.encrypt(str(once).encode(), passphrase)
    out.write(header(_KEY, len(key)) + key + bytes(-len(key) % _BLOCK))
    place = out.tell()
    out.write(header(_CONTENT, 0))
    yield
    size = out.tell() - place - _BLOCK
    out.write(bytes(-size % _BLOCK + 2 * _BLOCK))
    out.seek(place)
    out.write(header(_CONTENT, size))
    out.seek(0, os.SEEK_END)


def _sealed_key(file: IO[bytes]) -> bytes | None:
    """The key in front of a content; None where the file is a plain archive, or none at all. Leaves the file behind it."""
    try:
        info = tarfile.TarInfo.frombuf(file.read(_BLOCK), "utf-8", "replace")
    except tarfile.HeaderError:
        return None
    if info.name != _KEY or info.size > _LARGEST_KEY:
        return None
    key = file.read(info.size)
    file.read(-info.size % _BLOCK)
    return key


def _inner(file: IO[bytes]) -> "_Part":
    try:
        info = tarfile.TarInfo.frombuf(file.read(_BLOCK), "utf-8", "replace")
    except tarfile.HeaderError as error:
        raise Damaged(f"it is cut short: {error}") from error
    return _Part(file, info.size)


class _Part(io.RawIOBase):
    """The next bytes of a file, as a file of their own."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size if size >= 0 else self._left, self._left))
        self._left -= len(data)
        return data


@contextmanager
def _encrypting(out: IO[bytes], recipients: list[Any]) -> Iterator[IO[bytes]]:
    """age pulls what it encrypts, we push what we write: a pipe and a thread between."""
    with (
        _Faults(out) as checked,
        _through(lambda pipe: pyrage.encrypt_io(pipe, checked, recipients)) as stream,
    ):
        yield stream


@contextmanager
def _through(work: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    outlet, inlet = os.pipe()
    faults: list[BaseException] = []

    def run() -> None:
        with os.fdopen(outlet, "rb") as pipe:
            try:
                work(pipe)
            except BaseException as error:  # noqa: BLE001  (told to whoever waits)
                faults.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        with os.fdopen(inlet, "wb") as stream:
            yield stream
    except BrokenPipeError:
        if not faults:
            raise
    finally:
        thread.join()
    if faults:
        raise faults[0]


class _Faults:
    """A file whose own errors come out as they were: age would wrap them in its own."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._fault: OSError | None = None

    def __enter__(self) -> "_Faults":
        return self

    def __exit__(self, *_: object) -> None:
        if self._fault is not None:
            raise self._fault

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self._fault = error
            raise

    def flush(self) -> None:
        self._file.flush()


@contextmanager
def _decrypting(file: Any, identities: list[Any]) -> Iterator[IO[bytes]]:
    """The plain bytes. Where age refuses, what it says wins over what the reader made of a stream that ended early."""
    outlet, inlet = os.pipe()
    faults: list[BaseException] = []

    def run() -> None:
        with suppress(BrokenPipeError), os.fdopen(inlet, "wb") as pipe:
            try:
                pyrage.decrypt_io(file, pipe, identities)
            except BaseException as error:  # noqa: BLE001  (told to whoever reads)
                faults.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    whole = False
    try:
        with os.fdopen(outlet, "rb") as stream:
            yield stream
            whole = True
    finally:
        thread.join()
        if faults and not (whole and isinstance(faults[0], BrokenPipeError)):
            _refuse(faults[0])


def _refuse(fault: BaseException) -> None:
    if isinstance(fault, pyrage.DecryptError):
        raise BadKey("none of the keys given opens it") from fault
    if isinstance(fault, OSError) and "pipe" not in str(fault).lower():
        raise Damaged(f"it is cut short or was altered: {fault}") from fault
