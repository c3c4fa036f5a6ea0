"""Quarters of the calendar, and what an organisation says of its capacity in them. Source: docs/method.md#capacity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from palier.action_plans.rules.capacity import MONTHS_A_QUARTER, Candidate, Choice
from palier.action_plans.rules.schedule import Draft, add_months, monday_after
from palier.action_plans.rules.suggestions import Suggestion

USUAL_POINTS = 6
"""Effort points a quarter holds before the organisation says otherwise."""

USUAL_QUARTERS = 4
MOST_QUARTERS = 8
MOST_POINTS = 99


class Quarter(NamedTuple):
    """A quarter of a year: (2027, 1) runs from January to March."""

    year: int
    number: int

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return add_months(self.first_day, MONTHS_A_QUARTER) - timedelta(days=1)

    def after(self, quarters: int = 1) -> "Quarter":
        """The one that many quarters later."""
        years, number = divmod(self.number - 1 + quarters, 4)
        return Quarter(self.year + years, number + 1)

    def until(self, other: "Quarter") -> int:
        """How many quarters later `other` is."""
        return (other.year - self.year) * 4 + other.number - self.number

    @property
    def code(self) -> str:
        """How it is written down: "2027-1"."""
        return f"{self.year}-{self.number}"


def quarter_of(day: date) -> Quarter:
    """The quarter a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_named(code: str) -> Quarter | None:
    """The quarter a code means; None for what is none."""
    year, _, number = code.partition("-")
    if len(year) == 4 and year.isdecimal() and number in ("1", "2", "3", "4"):
        return Quarter(int(year), int(number))
    return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people settled of one lever: kept or left out, the quarter it starts in, the day it must be over by."""

    pinned: bool = False
    excluded: bool = False
    quarter: Quarter | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """Effort points in each quarter from `first` on, and what people settled of levers, by lever."""

    first: Quarter
    points: tuple[int, ...]
    wanted: Mapping[str, Wanted] = field(default_factory=dict)

    @property
    def quarters(self) -> list[Quarter]:
        """The quarters planned for, in order."""
        return [self.first.after(number) for number in range(len(self.points))]

    def choice(self, lever: str) -> Choice:
        """What was settled of a lever, in places of these quarters; a quarter that is past or too far settles nothing."""
        said = self.wanted.get(lever, Wanted())
        place = self.first.until(said.quarter) if said.quarter else None
        known = place if place is not None and 0 <= place < len(self.points) else None
        return Choice(
            said.pinned, said.excluded, known, None if said.by is None else self.last_before(said.by)
        )

    def last_before(self, day: date) -> int:
        """The last quarter that is over by `day`; -1 where none is."""
        return sum(quarter.last_day <= day for quarter in self.quarters) - 1


def usual(today: date) -> Capacity:
    """The next four quarters, alike."""
    return Capacity(quarter_of(today).after(), (USUAL_POINTS,) * USUAL_QUARTERS)


def to_plain(capacity: Capacity) -> dict[str, Any]:
    """What a plan keeps."""
    return {
        "first": capacity.first.code,
        "points": list(capacity.points),
        "levers": {
            name: _plain_wish(wanted) for name, wanted in capacity.wanted.items() if wanted != Wanted()
        },
    }


def _plain_wish(wanted: Wanted) -> dict[str, Any]:
    return {
        "pinned": wanted.pinned,
        "excluded": wanted.excluded,
        "quarter": wanted.quarter.code if wanted.quarter else None,
        "by": wanted.by.isoformat() if wanted.by else None,
    }


def from_plain(plain: Mapping[str, Any], today: date) -> Capacity:
    """What a plan kept; the usual where it kept nothing."""
    first = quarter_named(plain.get("first", ""))
    if first is None:
        return usual(today)
    return Capacity(
        first,
        tuple(plain["points"]),
        {
            name: Wanted(
                one["pinned"],
                one["excluded"],
                quarter_named(one["quarter"] or ""),
                date.fromisoformat(one["by"]) if one["by"] else None,
            )
            for name, one in plain["levers"].items()
        },
    )


class Running(NamedTuple):
    """An action in the plan that is not done: where it comes from, how long it runs, what it takes."""

    lever: str
    starts_on: date | None
    due_on: date | None
    months: int
    effort: int


def span(capacity: Capacity, running: Running) -> range:
    """The quarters it runs in, from the first planned for; without dates it starts at once, late it runs in the first."""
    start, due = running.starts_on, running.due_on
    begins = capacity.first.until(quarter_of(start)) if start else None
    length = max(1, -(-running.months // MONTHS_A_QUARTER))
    ends = capacity.first.until(quarter_of(due)) if due else (begins or 0) + length - 1
    begins = ends - length + 1 if begins is None and due else begins or 0
    return range(begins, max(ends, begins, 0) + 1)


def taken_by(capacity: Capacity, actions: Iterable[Running]) -> list[Fraction]:
    """Effort points the actions in the plan take in each quarter, spread evenly over those they run in."""
    loads = [Fraction(0)] * len(capacity.points)
    for action in actions:
        quarters = span(capacity, action)
        for quarter in quarters:
            if 0 <= quarter < len(loads):
                loads[quarter] += Fraction(action.effort, len(quarters))
    return loads


def candidates(
    capacity: Capacity, suggestions: Iterable[Suggestion], actions: Iterable[Running]
) -> tuple[Candidate, ...]:
    """The suggestions as they may be chosen from: behind the actions in the plan that they require."""
    over = {action.lever: span(capacity, action).stop for action in actions if action.lever}
    return tuple(
        Candidate(
            one.lever.id,
            one.moves,
            one.lever.effort,
            one.lever.months,
            tuple(one.lever.requires),
            max([0, *[over[name] for name in one.lever.requires if name in over]]),
            capacity.choice(one.lever.id),
        )
        for one in suggestions
    )


def dated(capacity: Capacity, suggestion: Suggestion, place: int, today: date) -> Draft:
    """The suggestion as an action: from the first Monday of its quarter, never the past, due before its last quarter ends."""
    quarter = capacity.first.after(place)
    start = max(monday_after(quarter.first_day - timedelta(days=1)), monday_after(today))
    length = max(1, -(-suggestion.lever.months // MONTHS_A_QUARTER))
    last = quarter.after(length - 1).last_day
    return Draft(suggestion, start, max(start, min(add_months(start, suggestion.lever.months), last)))
