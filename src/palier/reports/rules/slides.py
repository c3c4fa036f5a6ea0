"""The content of executive slides: that of a full report, shown to a room instead of read at a desk. Pure."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

from palier.reports.rules.documents import Action, ActionStatus, ElementRow, ResultsAndPlan
from palier.reports.rules.findings import in_reading_order

MOST_STRIPS = 12
"""Elements one slide can show beside their peers."""

MOST_STRIP_SLIDES = 3
"""A questionnaire of more elements is told by the first of them, and by the full report."""

MOST_BARS = 12
"""Actions a roadmap draws one by one; more are counted by quarter."""

MOST_GAINS = 8
MOST_NEXT = 8
MOST_QUARTERS = 12
QUARTERS_BEHIND = 3


@dataclass(frozen=True, slots=True)
class Slides(ResultsAndPlan):
    """The same rows and figures as a full report; the slides choose among them and say so."""


def slides_of(results: ResultsAndPlan) -> Slides:
    """The slides of the report `results`."""
    return Slides(**{field.name: getattr(results, field.name) for field in fields(results)})


def strip_groups(elements: Sequence[ElementRow]) -> tuple[tuple[ElementRow, ...], ...]:
    """The elements slide by slide, as evenly as can be; what would need a fourth slide is left out."""
    shown = tuple(elements[: MOST_STRIPS * MOST_STRIP_SLIDES])
    slides = -(-len(shown) // MOST_STRIPS)
    edges = [len(shown) * place // slides for place in range(slides + 1)] if slides else []
    return tuple(shown[start:end] for start, end in itertools.pairwise(edges))


def largest_gains(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions that are to bring most, the largest gain first; those without a gain are left out."""
    gaining = [action for action in actions if action.gain]
    return tuple(sorted(gaining, key=lambda action: -(action.gain or 0))[:MOST_GAINS])


@dataclass(frozen=True, slots=True)
class Bar:
    """An action on the roadmap: the days it runs, at least one."""

    action: Action
    start: date
    days: int


def roadmap(actions: Sequence[Action], on: date) -> tuple[Bar, ...]:
    """The dated actions by due date. Without a first day, an action runs from `on`, or from a month before it is due."""
    dated = [action for action in in_reading_order(actions) if action.due]
    return tuple(_bar(action, action.due, on) for action in dated if action.due)


def _bar(action: Action, due: date, on: date) -> Bar:
    start = action.start or (on if on < due else due - timedelta(days=30))
    start = min(start, due - timedelta(days=1))
    return Bar(action, start, (due - start).days)


def coming_next(actions: Sequence[Action]) -> tuple[Action, ...]:
    """What is to be done first among what is not done."""
    waiting = [action for action in in_reading_order(actions) if action.status is not ActionStatus.DONE]
    return tuple(waiting[:MOST_NEXT])


@dataclass(frozen=True, slots=True)
class DueQuarter:
    """Actions due in a quarter, by status. `open_ended` is -1 for all before `number`, 1 for all from it on, else 0."""

    year: int
    number: int
    counts: tuple[int, ...]
    """Planned, in progress, done."""
    open_ended: int = 0


def due_by_quarter(actions: Sequence[Action], on: date) -> tuple[DueQuarter, ...]:
    """The dated actions by the quarter they are due in: twelve quarters at most, what lies outside added up at its ends."""
    due = [(_quarter(action.due), action.status) for action in actions if action.due]
    if not due:
        return ()
    places = [place for place, _status in due]
    first = max(min(places), min(_quarter(on), max(places)) - QUARTERS_BEHIND)
    last = min(max(places), first + MOST_QUARTERS - 1)
    counted = Counter((min(max(place, first - 1), last + 1), status) for place, status in due)
    edges = {first - 1: -1, last + 1: 1}
    start = first - 1 if min(places) < first else first
    end = last + 1 if max(places) > last else last
    return tuple(_column(place, counted, edges.get(place, 0)) for place in range(start, end + 1))


def _quarter(day: date) -> int:
    """The quarters since the year 0."""
    return day.year * 4 + (day.month - 1) // 3


def _column(place: int, counted: Counter[tuple[int, ActionStatus]], open_ended: int) -> DueQuarter:
    counts = tuple(counted[place, status] for status in ActionStatus)
    named = place + 1 if open_ended < 0 else place
    return DueQuarter(named // 4, named % 4 + 1, counts, open_ended)
