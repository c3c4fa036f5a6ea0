"""A zip that lists what is in it: every file with its size and SHA-256, and a page that leads to them."""

import hashlib
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from palier.foundation.spreadsheets import csv_file

LARGEST = 2_000_000_000
"""Bytes of a parcel before it is packed: beyond, it is refused, and its parts are fetched from their own pages."""


class TooBig(Exception):
    """More than a parcel may hold."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the zip."""

    name: str
    size: int
    sha256: str


class Box:
    """The zip while it is filled. What it holds is written to the disk at once, never kept in memory."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._left = largest
        self.packed: list[Packed] = []

    def put(self, name: str, data: bytes) -> str:
        """Add one file; the name it got, which is another one when the first was taken. Raises TooBig."""
        self._left -= len(data)
        if self._left < 0:
            raise TooBig
        name = self._free(name)
        self._zip.writestr(name, data)
        self.packed.append(Packed(name, len(data), hashlib.sha256(data).hexdigest()))
        return name

    def put_table(self, folder: str, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same rows as JSON, for programs, and as CSV, for a spreadsheet."""
        self.put(f"{folder}/{name}.json", json_of(list(rows)))
        heads = list(dict.fromkeys(key for row in rows for key in row))
        lines: list[Sequence[str | int | None]] = [
            heads,
            *([_cell(row.get(key)) for key in heads] for row in rows),
        ]
        self.put(f"{folder}/{name}.csv", csv_file(lines))

    def close(self, manifest: Mapping[str, Any], page: str) -> None:
        """Write the manifest and the page a person opens, and end."""
        listed = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in self.packed]
        self._zip.writestr("manifest.json", json_of({**manifest, "files": listed}))
        self._zip.writestr("index.html", page)
        self._zip.close()

    def drop(self) -> None:
        """Stop without an end: the file is the caller's to remove."""
        self._zip.close()

    def _free(self, name: str) -> str:
        taken = {one.name for one in self.packed}
        stem, dot, ending = name.rpartition(".")
        number, free = 2, name
        while free in taken:
            free = f"{stem}-{number}{dot}{ending}"
            number += 1
        return free


def json_of(content: Any) -> bytes:
    """Readable by people and programs: dates as ISO 8601."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _cell(value: Any) -> str | int | None:
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime | date | UUID | Decimal):
        return _plain(value)
    return json.dumps(value, ensure_ascii=False, default=_plain)


def file_name(text: str) -> str:
    """A name a file may have everywhere: no folder, no control character, of a bearable length."""
    plain = unicodedata.normalize("NFC", text)
    stem, dot, ending = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', "-", plain).strip(". ").rpartition(".")
    return f"{stem[:80]}{dot}{ending[:10]}" if stem else (ending[:80] or "file")


def measured(path: Path) -> tuple[int, str]:
    """The size of a file on the disk in bytes, and its SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
