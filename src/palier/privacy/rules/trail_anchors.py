"""Daily anchors: what is signed, how they follow each other, how a kept file of them reads. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from palier.privacy.rules.trail_tree import Leaf, root_of

FIRST = "0" * 64
"""What the first anchor stands on."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of all chains on one day under one root, signed. `at` is UTC, ISO 8601 as it was signed."""

    day: date
    at: str
    chains: int
    entries: int
    root: str
    previous: str
    hash: str = ""
    public_key: str = ""
    signature: str = ""

    @property
    def statement(self) -> bytes:
        """The bytes that are hashed and signed: a JSON array of texts."""
        parts = [
            "palier anchor 1", self.day.isoformat(), self.at, str(self.chains), str(self.entries), self.root, self.previous,
        ]  # fmt: skip
        return json.dumps(parts).encode()

    def digest(self) -> str:
        """What `hash` has to be."""
        return hashlib.sha256(self.statement).hexdigest()

    def plain(self) -> dict[str, Any]:
        """As it stands in files, letters and proofs."""
        return {
            "day": self.day.isoformat(), "at": self.at, "chains": self.chains, "entries": self.entries, "root": self.root,
            "previous": self.previous, "hash": self.hash, "public_key": self.public_key, "signature": self.signature,
        }  # fmt: skip


def written_at(at: datetime) -> str:
    """A time as an anchor states it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class Ledger:
    """Anchors one after the other, with the heads they hold. A kept file and the table read the same."""

    anchors: list[Anchor] = field(default_factory=list)
    heads: dict[UUID, Leaf] = field(default_factory=dict)
    """The last anchored head of every chain."""
    marks: dict[UUID, dict[int, str]] = field(default_factory=dict)
    """For every chain the anchored numbers and the hashes they must have."""
    faults: list[tuple[date, str]] = field(default_factory=list)
    """Anchors that do not hold, and why."""

    def take(self, anchor: Anchor, grown: Iterable[Leaf], known: Iterable[str], signed: bool) -> None:
        """The next anchor with the heads that moved since the one before; `known` are our public keys, newest first."""
        for leaf in grown:
            self.heads[leaf.chain] = leaf
            self.marks.setdefault(leaf.chain, {})[leaf.seq] = leaf.hash
        self.faults += [(anchor.day, why) for why in self._wrong(anchor, set(known), signed)]
        self.anchors.append(anchor)

    def _wrong(self, anchor: Anchor, known: set[str], signed: bool) -> Iterator[str]:
        if anchor.digest() != anchor.hash:
            yield "its hash is not that of what it states"
        if anchor.previous != (self.anchors[-1].hash if self.anchors else FIRST):
            yield "it does not follow the anchor before it"
        if root_of(list(self.heads.values())) != anchor.root or len(self.heads) != anchor.chains:
            yield "its root is not that of the heads it was made of"
        if not signed:
            yield "its signature does not hold"
        elif anchor.public_key not in known:
            yield "it is signed with a key that is not ours"


def file_line(anchor: Anchor, grown: Iterable[Leaf]) -> str:
    """One line of a file of anchors: the anchor, and the heads that moved since the one before."""
    return json.dumps(anchor.plain() | {"heads": [[str(leaf.chain), leaf.seq, leaf.hash] for leaf in grown]})


def read_line(line: str) -> tuple[Anchor, list[Leaf]]:
    """What `file_line` wrote. Raises ValueError."""
    try:
        told = json.loads(line)
        heads = [Leaf(UUID(chain), int(seq), str(hash_)) for chain, seq, hash_ in told.pop("heads")]
        return anchor_of(told), heads
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a line of anchors") from error


def anchor_of(told: Mapping[str, Any]) -> Anchor:
    """An anchor from its plain form or from its row in the table."""
    day, at = told["day"], told["at"]
    return Anchor(
        day if isinstance(day, date) else date.fromisoformat(day),
        written_at(at) if isinstance(at, datetime) else str(at),
        int(told["chains"]), int(told["entries"]), str(told["root"]), str(told["previous"]), str(told["hash"]),
        str(told["public_key"]), str(told["signature"]),
    )  # fmt: skip
