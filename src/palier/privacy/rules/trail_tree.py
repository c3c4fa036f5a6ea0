"""One root over the heads of many chains: a Merkle tree, and the path that proves one chain belongs to it.

A leaf is the SHA-256 of "chain seq hash"; a node that of the byte 1 and its two children; the odd one at the end of a
level moves up as it is. Leaves stand in the order of their chains' ids. Source: RFC 6962 §2.1, with promoted odd nodes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

EMPTY = hashlib.sha256(b"").hexdigest()
"""The root over no chain."""

Step = tuple[str, str]
"""One step of a path: on which side the other node stands ("left" or "right"), and its digest."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The head of a chain: the number and the hash of its last entry."""

    chain: UUID
    seq: int
    hash: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.chain} {self.seq} {self.hash}".encode()).hexdigest()


def root_of(leaves: Sequence[Leaf]) -> str:
    """The root over `leaves`, in whatever order they come."""
    return root([leaf.digest for leaf in sorted(leaves, key=lambda leaf: str(leaf.chain))])


def root(digests: Sequence[str]) -> str:
    """The root over digests in the order of the tree."""
    level = list(digests)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def path(digests: Sequence[str], index: int) -> list[Step]:
    """How to come from the digest at `index` to the root, the lowest step first."""
    level, steps = list(digests), []
    while len(level) > 1:
        other = index ^ 1
        if other < len(level):
            steps.append(("left" if other < index else "right", level[other]))
        level, index = _above(level), index // 2
    return steps


def climbed(digest: str, steps: Sequence[Step]) -> str:
    """Where a path leads from `digest`: to the root, if the chain belongs to the tree."""
    for side, other in steps:
        digest = _node(other, digest) if side == "left" else _node(digest, other)
    return digest


def _above(level: Sequence[str]) -> list[str]:
    pairs = [_node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return pairs + ([level[-1]] if len(level) % 2 else [])


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()
