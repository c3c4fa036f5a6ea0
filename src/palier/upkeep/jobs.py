"""What the worker does for the day after: a backup every night, where a place for it is set."""

import asyncio
import logging
import os
import sys

from palier.foundation.jobs import Job
from palier.foundation.settings import Settings

log = logging.getLogger(__name__)
_BEHIND_OTHERS = 10
"""How much the backup yields to whoever serves people (nice)."""


class BackupFailed(Exception):
    """`palier backup` ended with an error; the worker's log says which."""


def jobs(settings: Settings) -> list[Job]:
    """None without PALIER_BACKUP_TO."""
    return [Job("upkeep.back_up", _back_up, cron="40 3 * * *")] if settings.backup_to else []


async def _back_up() -> None:
    """In a process of its own: it compresses for minutes, and may be ended with the worker."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "palier", "backup", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE, preexec_fn=lambda: os.nice(_BEHIND_OTHERS),
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode:
        log.error("no backup was made: %s", said.decode(errors="replace").strip().rpartition("\n")[2])
        raise BackupFailed
