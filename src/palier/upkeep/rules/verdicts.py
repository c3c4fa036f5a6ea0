"""What the doctor says: one line about one thing, whether it is well, and what to do when it is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HIDDEN = "…"
_SHORTEST_HIDDEN = 6


class Level(StrEnum):
    """How a thing stands: well, worth a look, or in the way of serving people."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, how it stands, what was seen, and what to do (empty when nothing is)."""

    name: str
    level: Level
    seen: str
    todo: str = ""


def well(name: str, seen: str) -> Finding:
    """It is as it should be."""
    return Finding(name, Level.OK, seen)


def doubtful(name: str, seen: str, todo: str) -> Finding:
    """It works, and may not for long, or not as it should."""
    return Finding(name, Level.WARN, seen, todo)


def faulty(name: str, seen: str, todo: str) -> Finding:
    """It does not work."""
    return Finding(name, Level.WRONG, seen, todo)


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level among them; well where there is none."""
    order = list(Level)
    return max((one.level for one in findings), key=order.index, default=Level.OK)


def line(finding: Finding) -> str:
    """The finding as one line of a terminal."""
    todo = f". {finding.todo}" if finding.todo else ""
    return f"{finding.level.value:5} {finding.name:15} {finding.seen}{todo}"


def without(finding: Finding, secrets: Iterable[str]) -> Finding:
    """The finding with no secret in it, whatever a server quoted. Words shorter than six letters hide nothing."""
    seen, todo = finding.seen, finding.todo
    for secret in sorted({one for one in secrets if len(one) >= _SHORTEST_HIDDEN}, key=len, reverse=True):
        seen, todo = seen.replace(secret, HIDDEN), todo.replace(secret, HIDDEN)
    return Finding(finding.name, finding.level, " ".join(seen.split()), " ".join(todo.split()))
