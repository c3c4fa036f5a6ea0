"""When the last backup was made, for whoever watches: a line in the data directory, because a backup cannot hold its own."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

_NAME = "last_backup.json"


@dataclass(frozen=True, slots=True)
class BackupNote:
    """The last backup that was written and verified: the moment it shows (UTC), where it lies, its bytes."""

    made_at: datetime
    path: str
    size: int
    encrypted: bool
    absent: int = 0  # files a row named and nobody found


def last_backup(data_directory: Path) -> BackupNote | None:
    """What was noted last; None when there was none, or nobody can read it."""
    try:
        plain = json.loads((data_directory / _NAME).read_text())
        return BackupNote(**{**plain, "made_at": datetime.fromisoformat(plain["made_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def note_backup(data_directory: Path, note: BackupNote) -> None:
    """Remember a backup; the one before is forgotten, whole or not at all."""
    draft = data_directory / f".{_NAME}.{os.getpid()}"
    draft.write_text(json.dumps({**asdict(note), "made_at": note.made_at.isoformat()}))
    draft.rename(data_directory / _NAME)
