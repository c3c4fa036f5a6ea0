"""The life of one answer in a few lines: who set which level, who worked on the words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.scoring.rules.answers import State

CHOICE = frozenset({"state", "level", "value"})
"""The fields that make up the choice itself; the others are words about it."""


_BY = "\n"
"""Between the name of a file and that of whoever filled it in, where an answer's history keeps both."""

LONGEST_FILE = 110


def source_of(file: str, filled_by: str) -> str:
    """What the history keeps of the file an answer came from, in 200 characters: its name, and below who filled it in."""
    return f"{file[-LONGEST_FILE:]}{_BY}{filled_by[:80]}" if filled_by else file


@dataclass(frozen=True, slots=True)
class Change:
    """One saved change: who, when, the choice it left, the fields it touched, and the file it came from, if any."""

    by: str
    at: datetime
    state: State
    level: int | None
    fields: frozenset[str]
    value: Any = None
    source: str = ""

    @property
    def chose(self) -> bool:
        """Whether the choice itself changed."""
        return bool(self.fields & CHOICE)

    @property
    def flagged(self) -> bool:
        """Whether the mark "to review" was set or taken away."""
        return "to_review" in self.fields


def changes_from(plain: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes the SQL function `answer_history` tells, newest first, with runs of words by one person as one.

    Every save asks: a run is put together before it becomes one Change.
    """
    runs: list[tuple[Mapping[str, Any], set[str]]] = []
    key: tuple[str, str] | None = None
    for row in plain:
        fields = set(row["fields"])
        here = None if fields & CHOICE else (row["by"], row["source"])
        if here is not None and here == key:
            runs[-1][1].update(fields)
        else:
            runs.append((row, fields))
        key = here
    return tuple(_change(row, fields) for row, fields in runs)


def _change(newest: Mapping[str, Any], fields: set[str]) -> Change:
    at, state = datetime.fromisoformat(newest["at"]), State(newest["state"])
    return Change(
        newest["by"], at, state, newest["level"], frozenset(fields), newest["value"], newest["source"]
    )
