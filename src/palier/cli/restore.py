"""`palier restore FILE`: a backup back into an empty place, or, when somebody confirms it, in place of what is there."""

import argparse
import asyncio
import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psycopg

from palier.cli.backup import passphrase_in
from palier.cli.database import tell
from palier.foundation.files import ShelfAway
from palier.foundation.postgres_programs import EmbeddedPostgresError
from palier.foundation.settings import Settings, read_settings
from palier.upkeep.archive import Damaged
from palier.upkeep.dumping import ProgramFailed, place
from palier.upkeep.flows.restoring import CannotRestore, Order, Outcome, look, restore
from palier.upkeep.sealed_archive import BadKey, Keys

_WORD = "replace"
_HELD = "are held: try them again in /admin/mails"
_WAITING = "leave when a worker starts, also those that had left after the backup was made"


_FAULTS = (
    CannotRestore, Damaged, ProgramFailed, BadKey, ShelfAway, EmbeddedPostgresError, psycopg.Error, OSError, ValueError,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, opened with what, over what."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--identity",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="file with a secret key of age (AGE-SECRET-KEY-…)",
    )
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="file with the passphrase on its first line"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="only read it: every sum compared, nothing written, what is in it on standard output",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help=f"put it in place of what is there; asks for the word {_WORD!r}",
    )
    parser.add_argument(
        "--another-secret",
        action="store_true",
        help="go on although PALIER_SECRET is not the one of the backup",
    )
    parser.add_argument(
        "--hold-letters", action="store_true", help="letters that waited are not sent: for trials on a copy"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when everything is back (or, with --check, whole), 1 when not."""
    try:
        keys = Keys(_identities(arguments.identity), passphrase_in(arguments.passphrase_file))
        if arguments.check:
            plain = asdict(look(arguments.file, keys).manifest)
            print(json.dumps(plain, indent=1, default=str))
            return 0
        settings = read_settings()
        order = Order(
            arguments.file,
            keys,
            arguments.replace,
            arguments.another_secret,
            arguments.hold_letters,
            _confirmed,
        )
        with _alone(settings), place(settings, tell) as here:
            outcome = asyncio.run(restore(settings, here, order, tell))
    except _FAULTS as error:
        tell(f"palier restore: {arguments.file}: {str(error).strip()}")
        return 1
    _say(outcome, held=arguments.hold_letters)
    return 0


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Never under a `palier serve`: it holds this lock."""
    settings.data_directory.mkdir(parents=True, exist_ok=True)
    with (settings.data_directory / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRestore(f"`palier serve` runs on {settings.data_directory}: stop it first") from None
        yield


def _identities(paths: list[Path]) -> list[str]:
    """The secret keys in files as `age-keygen` writes them: a line each, comments aside."""
    lines = [line.strip() for path in paths for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _confirmed(what: str) -> bool:
    tell(f"This replaces {what}. It cannot be taken back. Type {_WORD} to go on:")
    try:
        return input().strip() == _WORD
    except EOFError:
        return False


def _say(outcome: Outcome, *, held: bool) -> None:
    manifest = outcome.manifest
    tell(
        f"Palier is as it was at {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC: {sum(manifest.tables.values())} rows of "
        f"{len(manifest.tables)} tables, {manifest.files} files, every count and sum as in the backup."
    )
    if outcome.letters:
        tell(f"{outcome.letters} letters {_HELD if held else _WAITING}.")
    for key in manifest.absent[:20]:
        tell(f"The bytes of {key} were missing already when the backup was made.")
    for note in outcome.notes:
        tell(note)
    tell(
        "People erased after the backup are back: erase them again (docs/operations.md#backup). "
        "Then look with: palier audit verify, palier recompute."
    )
