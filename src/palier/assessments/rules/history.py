"""The life of one answer in a few lines: who set which level, who worked on the words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
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
    """The changes the SQL function `answer_history` tells, newest first, with runs of words by one person as one."""
    every = [
        Change(
            row["by"],
            datetime.fromisoformat(row["at"]),
            State(row["state"]),
            row["level"],
            frozenset(row["fields"]),
            row["value"],
            row["source"],
        )
        for row in plain
    ]
    runs = groupby(enumerate(every), key=lambda item: (item[1].by, item[1].source, item[1].chose and item[0]))
    return tuple(_merged([change for _, change in run]) for _, run in runs)


def _merged(run: list[Change]) -> Change:
    newest = run[0]
    return replace(newest, fields=frozenset().union(*(c.fields for c in run)))
