"""A plan along the quarters: which stretch each action takes, and where today is. Pure.

Source: docs/method.md#views.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from palier.action_plans.rules.schedule import add_months

LONGEST = 20
"""Quarters a roadmap shows at most; what lies beyond stands at its end."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year; `number` 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return quarter_of(add_months(self.first, 3))


def quarter_of(day: date) -> Quarter:
    """The quarter `day` is in."""
    return Quarter(day.year, (day.month + 2) // 3)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The quarters a roadmap shows, in order."""

    quarters: tuple[Quarter, ...]

    @property
    def first(self) -> date:
        """The first day shown."""
        return self.quarters[0].first

    @property
    def end(self) -> date:
        """The day after the last one shown."""
        return self.quarters[-1].next.first

    def at(self, day: date) -> Fraction:
        """Where `day` is, 0 to 100; a day outside stands at the nearer end."""
        within = min(max(day, self.first), self.end) - self.first
        return Fraction(100 * within.days, (self.end - self.first).days)


def horizon(days: Iterable[date], today: date) -> Horizon:
    """From the quarter of the earliest of `days` and `today` to that of the latest, LONGEST quarters at most.

    Today is always in it: what a longer plan loses is its far past first, then its far future.
    """
    known = [*days, today]
    quarters = [quarter_of(min(known))]
    while quarters[-1] < quarter_of(max(known)):
        quarters.append(quarters[-1].next)
    past = quarters.index(quarter_of(today))
    skipped = min(past, max(0, len(quarters) - LONGEST))
    return Horizon(tuple(quarters[skipped : skipped + LONGEST]))


def stretch(starts_on: date | None, due_on: date | None) -> tuple[date, date] | None:
    """First and last day of an action; without a start it is its due date alone, without a due date nothing."""
    if due_on is None:
        return None
    return (starts_on if starts_on and starts_on <= due_on else due_on), due_on


def rows_by(groups: Sequence[tuple[str, Iterable[str]]], order: Sequence[str]) -> dict[str, list[str]]:
    """Items under each of their groups, in the `order` of groups; those without one, or with an unknown one, under "".

    `groups` pairs each item with the groups it belongs to: an item of two groups stands in both.
    """
    rows: dict[str, list[str]] = {name: [] for name in (*order, "")}
    for item, names in groups:
        known = [name for name in dict.fromkeys(names) if name in rows and name]
        for name in known or [""]:
            rows[name].append(item)
    return {name: items for name, items in rows.items() if items}
