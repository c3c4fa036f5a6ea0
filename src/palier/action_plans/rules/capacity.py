"""Which levers to carry out, and when, given how much effort each quarter holds. Source: docs/method.md#capacity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from palier.action_plans.rules.suggestions import Moves
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result

MONTHS_A_QUARTER = 3

Schedule = Mapping[str, int]
"""The quarter each lever chosen starts in, from 0, by name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What people settled of a lever: kept whatever it brings, left out, to start in a quarter, to end by one."""

    pinned: bool = False
    excluded: bool = False
    quarter: int | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lever that could be carried out. `effort` in points; `ready` is the first quarter it may start in."""

    name: str
    moves: Moves
    effort: int
    months: int
    requires: tuple[str, ...] = ()
    ready: int = 0
    choice: Choice = Choice()

    @property
    def quarters(self) -> int:
        """How many quarters it runs, one at least."""
        return max(1, -(-self.months // MONTHS_A_QUARTER))

    @property
    def load(self) -> Fraction:
        """Effort points it takes in each quarter it runs: spread evenly."""
        return Fraction(self.effort, self.quarters)

    def runs(self, start: int) -> range:
        """The quarters it runs when it starts in `start`."""
        return range(start, start + self.quarters)


@dataclass(frozen=True)
class Problem:
    """What to choose from.

    `rounds` are the questionnaires with their results; `fixed` the moves of the actions already in the plan; `room` the
    effort points left in each quarter. What a lever requires and is not among the candidates is no obstacle.
    """

    rounds: tuple[tuple[Questionnaire, Result], ...] = field(repr=False)
    candidates: tuple[Candidate, ...]
    room: tuple[Fraction, ...]
    fixed: tuple[Moves, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Candidate]:
        """The candidates by their name."""
        return {one.name: one for one in self.candidates}

    def requirements(self, one: Candidate) -> list[Candidate]:
        """The candidates that have to be finished before `one` starts."""
        return [self.by_name[name] for name in one.requires if name in self.by_name and name != one.name]

    def starts(self, one: Candidate) -> list[int]:
        """The quarters `one` may start in: it must be over by its deadline, and by the end of the last quarter."""
        last = len(self.room) if one.choice.by is None else min(len(self.room), one.choice.by + 1)
        if one.choice.excluded:
            return []
        first = range(one.ready, last - one.quarters + 1)
        return [start for start in first if one.choice.quarter in (None, start)]

    def earliest(self, one: Candidate, above: frozenset[str] = frozenset()) -> int | None:
        """The first quarter `one` could start in behind all it requires; None where it cannot, or waits for itself."""
        if one.name in above:
            return None
        ahead = [(other, self.earliest(other, above | {one.name})) for other in self.requirements(one)]
        ends = [start + other.quarters for other, start in ahead if start is not None]
        if len(ends) < len(ahead):
            return None
        return next((start for start in self.starts(one) if start >= max([0, *ends])), None)


def taken(problem: Problem, schedule: Schedule) -> list[Fraction]:
    """Effort points the schedule takes in each quarter."""
    loads = [Fraction(0)] * len(problem.room)
    for name, start in schedule.items():
        for quarter in problem.by_name[name].runs(start):
            loads[quarter] += problem.by_name[name].load
    return loads


def fits(problem: Problem, schedule: Schedule) -> bool:
    """Whether the schedule keeps to the room, the deadlines and the order of what requires what."""
    if any(start not in problem.starts(problem.by_name[name]) for name, start in schedule.items()):
        return False
    for name, start in schedule.items():
        for other in problem.requirements(problem.by_name[name]):
            if other.name not in schedule or schedule[other.name] + other.quarters > start:
                return False
    return all(load <= room for load, room in zip(taken(problem, schedule), problem.room, strict=True))


class Reason(StrEnum):
    """Why a lever was left out."""

    EXCLUDED = "excluded"
    NEEDS = "needs"
    """What it requires is left out by people, or cannot be over in time."""
    TOO_LATE = "too_late"
    """It cannot be over by its deadline, or by the end of the last quarter."""
    WITHHOLDS = "withholds"
    """It would show a criterion nobody has answered, and cost a round its total."""
    NOTHING_MORE = "nothing_more"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A lever not chosen. `names` are the levers it waits for; `more` the points it would have added to the choice."""

    name: str
    reason: Reason
    names: tuple[str, ...] = ()
    more: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best choice: when each lever starts, what all of it gains (points, by the engine), what was left out and why.

    `proven` tells whether no other choice gains more; else none gains `ceiling` or more.
    """

    schedule: Schedule
    gain: Fraction
    left_out: tuple[LeftOut, ...] = ()
    proven: bool = True
    ceiling: Fraction = field(default=Fraction(0))


def effort_of(problem: Problem, names: Iterable[str]) -> int:
    """Effort points of these levers together."""
    return sum(problem.by_name[name].effort for name in names)
