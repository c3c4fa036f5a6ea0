"""Two people changed the same thing, one of them in a file: what the file changes, and what both changed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """What the file would change of what stands, by field; `both` are those somebody else changed meanwhile, otherwise."""

    fields: tuple[str, ...]
    both: tuple[str, ...] = ()


def three_way(base: Mapping[str, Any] | None, stands: Mapping[str, Any], brought: Mapping[str, Any]) -> Taken:
    """What `brought` (fields the file holds) changes of what `stands`, when it was taken away as `base`.

    A field the file leaves as it was taken away follows what stands. Without a `base` nobody knows who changed what:
    every difference counts as changed by both.
    """
    differing = tuple(name for name in brought if brought[name] != stands.get(name))
    if base is None:
        return Taken(differing, differing)
    edited = tuple(name for name in differing if brought[name] != base.get(name))
    return Taken(edited, tuple(name for name in edited if stands.get(name) != base.get(name)))
