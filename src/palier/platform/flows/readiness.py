"""Whether this installation can serve people: database, schema, disk, worker."""

import asyncio
import os
import tempfile
from datetime import timedelta
from pathlib import Path

from palier.foundation.clock import now
from palier.foundation.database import reading, select
from palier.foundation.migrating import shipped

SILENCE = timedelta(minutes=2)
"""A worker beats every few seconds; after this long nobody sends mail or makes documents."""


LEAST_ROOM = 200_000_000
"""Bytes on the disk of the data directory below which people are better served elsewhere: what they save needs room."""


async def obstacles(data_directory: Path) -> list[str]:
    """What stands in the way, in English for operators; empty when ready."""
    found = await asyncio.to_thread(_folder, data_directory)
    try:
        async with reading(None):
            return found + await _schema() + await _worker()
    except Exception as error:  # noqa: BLE001  (whatever goes wrong with the database, the answer is "not ready")
        return [*found, f"database: {type(error).__name__}"]


async def _schema() -> list[str]:
    known = {row["name"] for row in await select("select name from tortoise_migrations")}
    missing = sorted(set(shipped()) - known)
    return [f"migrations: {', '.join(missing)} not applied"] if missing else []


async def _worker() -> list[str]:
    rows = await select("select max(at) as at from heartbeat")
    if (last := rows[0]["at"]) and now() - last < SILENCE:
        return []
    return ["worker: no heartbeat for two minutes"]


def _folder(folder: Path) -> list[str]:
    if not _writable(folder):
        return ["data directory: cannot be written to"]
    if (free := free_bytes(folder)) < LEAST_ROOM:
        return [f"disk: {free // 1_000_000} MB free, at least {LEAST_ROOM // 1_000_000} are needed"]
    return []


def free_bytes(folder: Path) -> int:
    """What may still be written beside `folder`."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ready?")
            file.flush()
    except OSError:
        return False
    return True
