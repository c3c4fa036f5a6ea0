"""What one person has to do, by when: pure.

Source: docs/method.md#views.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

SOON = timedelta(days=30)
"""How far ahead "the next thirty days" reach."""


class Dated(Protocol):
    """Anything with a due date."""

    @property
    def due_on(self) -> date | None:
        """The day, if there is one."""


Entry = TypeVar("Entry", bound=Dated)


class Span(StrEnum):
    """How far away a due date is."""

    LATE = "late"
    THIS_WEEK = "this_week"
    SOON = "soon"
    LATER = "later"
    UNDATED = "undated"


def span_of(due_on: date | None, today: date) -> Span:
    """How far `due_on` is from `today`; a week ends on Sunday."""
    if due_on is None:
        return Span.UNDATED
    if due_on < today:
        return Span.LATE
    if due_on <= today + timedelta(days=6 - today.weekday()):
        return Span.THIS_WEEK
    return Span.SOON if due_on <= today + SOON else Span.LATER


def by_span(entries: Iterable[Entry], today: date) -> Mapping[Span, list[Entry]]:
    """The entries of each span that has some, nearest span first, the soonest due first; undated ones last."""
    ordered = sorted(entries, key=lambda entry: entry.due_on or date.max)
    spans: dict[Span, list[Entry]] = {span: [] for span in Span}
    for entry in ordered:
        spans[span_of(entry.due_on, today)].append(entry)
    return {span: rows for span, rows in spans.items() if rows}
