"""Which of a consultant's clients are shown, and in which order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from palier.evidence.rules.finding import folded


class Show(StrEnum):
    """The filter by state."""

    ALL = ""
    LATE = "late"
    """Actions past their date."""
    OPEN = "open"
    """A round still to submit."""
    ENDING = "ending"
    """The mandate ends within thirty days."""


SORTS = ("name", "round", "progress", "score", "change", "position", "late", "next", "document", "end")
"""What the columns sort by; a leading "-" turns the order round."""


COMPUTED = frozenset({"progress", "score", "change", "position"})
"""Columns that sort by what is computed from answers and results; all others are known at a glance."""

PER_PAGE = 50


class Shown(Protocol):
    """What is sorted and filtered: one client. Empty values come last, whatever the order."""

    @property
    def name(self) -> str: ...

    @property
    def runs(self) -> bool: ...

    @property
    def round_name(self) -> str | None: ...

    @property
    def progress(self) -> Fraction | None: ...

    @property
    def points(self) -> Fraction | None: ...

    @property
    def change(self) -> Fraction | None: ...

    @property
    def quarter(self) -> int | None: ...

    @property
    def late(self) -> int: ...

    @property
    def open(self) -> bool: ...

    @property
    def ending(self) -> bool: ...

    @property
    def next_on(self) -> date | None: ...

    @property
    def document_at(self) -> Any: ...

    @property
    def ends_on(self) -> date: ...


One = TypeVar("One", bound=Shown)

_KEYS: dict[str, Callable[[Any], Any]] = {
    "name": lambda one: folded(one.name), "round": lambda one: one.round_name, "progress": lambda one: one.progress,
    "score": lambda one: one.points, "change": lambda one: one.change, "position": lambda one: one.quarter,
    "late": lambda one: one.late, "next": lambda one: one.next_on, "document": lambda one: one.document_at,
    "end": lambda one: one.ends_on,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """The portfolio in a sentence: clients whose mandate runs, and how many of them ask for something."""

    clients: int
    late: int
    open: int
    ending: int


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader asked to see."""

    text: str = ""
    show: Show = Show.ALL
    sort: str = "name"
    page: int = 1

    @property
    def key(self) -> str:
        """The column sorted by."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.sort.startswith("-")


def query_of(raw: dict[str, str]) -> Query:
    """The query in an address; whatever is unknown counts as not asked."""
    show, sort, page = raw.get("show", ""), raw.get("sort", "name"), raw.get("page", "")
    return Query(
        raw.get("q", "").strip()[:100],
        Show(show) if show in set(Show) else Show.ALL,
        sort if sort.removeprefix("-") in SORTS else "name",
        max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
    )


def counts_of(clients: Iterable[Shown]) -> Counts:
    """How many clients there are, and how many are late, have a round to submit, have a mandate that is ending."""
    running = [one for one in clients if one.runs]
    return Counts(
        len(running), sum(one.late > 0 for one in running), sum(one.open for one in running),
        sum(one.ending for one in running),
    )  # fmt: skip


def passing(clients: Iterable[One], query: Query) -> list[One]:
    """The clients the query leaves."""
    return [one for one in clients if folded(query.text) in folded(one.name) and _is_of(one, query.show)]


def sorted_by(clients: Iterable[One], query: Query) -> list[One]:
    """In the order of the query; those whose mandate has ended last."""
    left = sorted(clients, key=lambda one: folded(one.name))
    key = _KEYS[query.key]
    filled = [one for one in left if one.runs and key(one) is not None]
    filled.sort(key=key, reverse=query.descending)
    return [
        *filled,
        *(one for one in left if one.runs and key(one) is None),
        *(one for one in left if not one.runs),
    ]


def page_of(clients: Sequence[One], page: int) -> tuple[Sequence[One], int, int]:
    """The clients of a page, its number and how many pages there are; beyond the last, the last."""
    pages = max(1, -(-len(clients) // PER_PAGE))
    number = min(page, pages)
    return clients[(number - 1) * PER_PAGE : number * PER_PAGE], number, pages


def _is_of(one: Shown, show: Show) -> bool:
    match show:
        case Show.LATE:
            return one.late > 0
        case Show.OPEN:
            return one.open
        case Show.ENDING:
            return one.ending
        case Show.ALL:
            return True
