"""`palier backup`: one file with the database, the files and what is needed to begin again elsewhere."""

import argparse
import asyncio
from pathlib import Path

import psycopg

from palier.cli.database import tell
from palier.foundation.files import ShelfAway
from palier.foundation.postgres_programs import EmbeddedPostgresError
from palier.foundation.settings import Settings, read_settings
from palier.upkeep.archive import Damaged
from palier.upkeep.dumping import ProgramFailed, SeesTooLittle, place
from palier.upkeep.flows.backing_up import FOLDER, Made, NoRoomForBackup, Wish, back_up
from palier.upkeep.sealed_archive import BadKey, Lock

_FAULTS = (
    Damaged, ProgramFailed, SeesTooLittle, NoRoomForBackup, BadKey, ShelfAway, EmbeddedPostgresError, psycopg.Error, OSError,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, closed how, how many stay."""
    parser.add_argument(
        "--to",
        type=Path,
        metavar="PLACE",
        help="a folder, or the file itself (default: PALIER_BACKUP_TO, else `backups` in the data directory)",
    )
    closed = parser.add_mutually_exclusive_group()
    closed.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="age1…",
        help="encrypt for this public key of age; may be said again",
    )
    closed.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="encrypt with the passphrase on the first line of FILE",
    )
    closed.add_argument(
        "--plain", action="store_true", help="do not encrypt, whatever PALIER_BACKUP_RECIPIENTS says"
    )
    parser.add_argument(
        "--with-secret", action="store_true", help="put PALIER_SECRET into a backup that is not encrypted too"
    )
    parser.add_argument(
        "--keep",
        type=int,
        metavar="N",
        help="in a folder, remove all but the newest N (default: PALIER_BACKUP_KEEP where PALIER_BACKUP_TO is set)",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when a whole backup is there, 1 when not; its place on standard output."""
    settings = read_settings()
    try:
        wish = _wish(settings, arguments)
        with place(settings, tell) as here:
            made = asyncio.run(back_up(settings, here, wish))
    except _FAULTS as error:
        tell(f"palier backup: no backup was made: {str(error).strip()}")
        return 1
    _say(made, wish)
    return 0


def _wish(settings: Settings, arguments: argparse.Namespace) -> Wish:
    recipients = (
        ()
        if arguments.plain or arguments.passphrase_file
        else (*settings.backup_recipients, *arguments.recipient)
    )
    lock = Lock(recipients, passphrase_in(arguments.passphrase_file))
    target = arguments.to or settings.backup_to or settings.data_directory / FOLDER
    keep = arguments.keep or (settings.backup_keep if settings.backup_to and not arguments.to else None)
    return Wish(target.expanduser().absolute(), lock, lock.closed or arguments.with_secret, keep)


def passphrase_in(path: Path | None) -> str:
    """The first line of a file; in an argument every account of the machine could read it. Raises BadKey, OSError."""
    if path is None:
        return ""
    lines = path.read_text().splitlines()
    if not lines or not lines[0].strip():
        raise BadKey(f"{path} holds no passphrase")
    return lines[0].strip()


def _say(made: Made, wish: Wish) -> None:
    manifest = made.manifest
    rows = sum(manifest.tables.values())
    tell(
        f"{rows} rows of {len(manifest.tables)} tables and {manifest.files} files ({manifest.file_bytes} bytes), "
        f"{made.size} bytes in all, read again and found whole; sha256 {made.sha256}"
    )
    if manifest.absent:
        tell(
            f"{len(manifest.absent)} files are missing or altered on their shelf: {', '.join(manifest.absent[:5])}"
        )
    if not manifest.secret:
        tell(
            "PALIER_SECRET is not in it: keep it elsewhere. It is put into encrypted backups, and with --with-secret."
        )
    for name in made.removed:
        tell(f"removed {name}")
    print(made.path, flush=True)
