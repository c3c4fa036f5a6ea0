"""What waits for what: actions that need others finished first, never in a circle.

Source: docs/method.md#actions. `edges` are the actions each action requires; one that requires
nothing may be absent.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node")


def needed_by(edges: Mapping[Node, Collection[Node]], start: Node) -> set[Node]:
    """Everything `start` waits for, directly or through others; itself only if it waits in a circle."""
    found: set[Node] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(edges.get(one, ()))
    return found


def may_require(edges: Mapping[Node, Collection[Node]], action: Node, required: Node) -> bool:
    """Whether `action` may wait for `required`: not for itself, nor for what already waits for it."""
    return action != required and action not in needed_by(edges, required)


def offered(edges: Mapping[Node, Collection[Node]], action: Node, others: Iterable[Node]) -> list[Node]:
    """Those of `others` that `action` may still be made to wait for."""
    held = set(edges.get(action, ()))
    return [one for one in others if one not in held and may_require(edges, action, one)]
