"""The arithmetic of the audit trail's chains: hashes of entries, and what is wrong with a run of them. Pure.

An entry's hash covers the one before it, its place, time, chain, author and words, and a salted hash of its details;
so details may be erased and the chain still holds. `docs/audit.md` prints the same arithmetic for third parties.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

START = "0" * 64
"""What the first entry of a chain stands on."""

ERASED = "privacy.erased"
"""The verb of an entry that names entries whose details were erased."""

Row = Mapping[str, Any]


def written_time(at: datetime) -> str:
    """A time as the hash has it: UTC with microseconds, no zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def entry_hash(row: Row) -> str:
    """The same bytes as `audit_append` hashes: a JSON array of texts."""
    parts = [
        row["previous_hash"], str(row["seq"]), written_time(row["at"]), str(row["chain"]), str(row["person_id"] or ""),
        row["role"], str(row["mandate_id"] or ""), row["verb"], row["subject"], row["details_hash"],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def details_hash(row: Row) -> str:
    """The hash of an entry's details under its salt."""
    return hashlib.sha256((row["salt"] + row["details"]).encode()).hexdigest()


class Wrong(StrEnum):
    """What can be wrong with a place in a chain."""

    EDITED = "edited"
    """The entry's own hash is not that of its columns."""
    DETAILS = "details edited"
    EMPTIED = "details emptied without a word of it"
    UNLINKED = "does not follow the entry before it"
    MISSING = "missing"
    """One entry, or the first of several, that the numbering or the head asks for."""
    BEYOND = "stands after the head"
    HEAD = "the head names another hash"
    HEADLESS = "a chain without a head"
    GONE = "a whole chain is missing"
    REWRITTEN = "another hash than an anchor holds"
    ANCHOR = "an anchor does not hold"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one place: the chain, the sequence number there (0: the chain as a whole), and what."""

    chain: UUID
    seq: int
    wrong: Wrong
    note: str = ""

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}: {self.wrong}{f' ({self.note})' if self.note else ''}"


@dataclass(slots=True)
class Walk:
    """One chain, entry by entry in the order of its numbers. Memory holds only the numbers of emptied entries."""

    chain: UUID
    seq: int = 0
    hash: str = START
    entries: int = 0
    _emptied: set[int] = field(default_factory=set)

    def take(self, row: Row) -> Iterator[Fault]:
        """The next entry, and what is wrong with it or before it."""
        expected, self.entries = self.seq + 1, self.entries + 1
        if row["seq"] != expected:
            yield Fault(self.chain, expected, Wrong.MISSING, f"up to {row['seq'] - 1}")
        elif row["previous_hash"] != self.hash:
            yield Fault(self.chain, row["seq"], Wrong.UNLINKED)
        if entry_hash(row) != row["hash"]:
            yield Fault(self.chain, row["seq"], Wrong.EDITED)
        if not row["salt"] and not row["details"]:
            self._emptied.add(row["seq"])
        elif details_hash(row) != row["details_hash"]:
            yield Fault(self.chain, row["seq"], Wrong.DETAILS)
        elif row["verb"] == ERASED:
            self._emptied -= {seq for seq in _named(row) if seq < row["seq"]}
        self.seq, self.hash = row["seq"], row["hash"]

    def end(self, head: tuple[int, str] | None) -> Iterator[Fault]:
        """What is wrong with the chain's end, given its head: the number and the hash of its last entry."""
        for seq in sorted(self._emptied):
            yield Fault(self.chain, seq, Wrong.EMPTIED)
        if head is None:
            yield Fault(self.chain, 0, Wrong.HEADLESS)
        elif self.seq < head[0]:
            yield Fault(self.chain, self.seq + 1, Wrong.MISSING, f"up to {head[0]}, the head")
        elif self.seq > head[0]:
            yield Fault(self.chain, head[0] + 1, Wrong.BEYOND, f"up to {self.seq}")
        elif self.hash != head[1]:
            yield Fault(self.chain, head[0], Wrong.HEAD)


def _named(row: Row) -> list[int]:
    try:
        named = json.loads(row["details"]).get("entries", [])
    except (ValueError, AttributeError):
        return []
    return [seq for seq in named if isinstance(seq, int)]
