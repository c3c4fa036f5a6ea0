"""How backups are named, so that their names tell their order, and which of them stay."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

_NAME = re.compile(r"palier-(\d{8}T\d{6}Z)\.tar(?:\.age|\.sealed)?")


def name_of(made_at: datetime, ending: str) -> str:
    """The file name of a backup made at `made_at`; `ending` is "", ".age" or ".sealed"."""
    return f"palier-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar{ending}"


def made_at_of(name: str) -> datetime | None:
    """When the backup of this name was made; None for any other file."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found.group(1), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None


def superfluous(names: Iterable[str], keep: int) -> list[str]:
    """The backups beyond the newest `keep`, oldest first; what is named otherwise is nobody's to remove."""
    ours = sorted((name for name in names if made_at_of(name)), reverse=True)
    return sorted(ours[keep:])
