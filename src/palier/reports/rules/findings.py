"""What a section's title may claim. A title is a finding only where the figures carry it; else it stays neutral."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import floor

from palier.reports.rules.documents import (
    Action,
    ActionStatus,
    CriterionRow,
    DimensionRow,
    ElementRow,
    EvidenceBalance,
)

LEAST_EFFECT = 4
"""Points under which a difference is not worth a title (look: charts, rules)."""


Row = ElementRow | DimensionRow


@dataclass(frozen=True, slots=True)
class PeerFinding:
    """The elements, or dimensions, farthest above and below the median of their peers; None where none is 4 points away."""

    ahead: Row | None
    behind: Row | None


def gap_to_median(row: Row) -> int | None:
    """Own score, rounded half up to a whole point, minus the published median; None where either is missing."""
    if row.score is None or row.comparison.quartiles is None:
        return None
    return floor(row.score + Fraction(1, 2)) - row.comparison.quartiles.median


def peer_finding(elements: Sequence[Row]) -> PeerFinding:
    """Who leads and who lags by at least 4 points; the first in the questionnaire's order where several do alike."""
    gaps = [(gap, row) for row in elements if (gap := gap_to_median(row)) is not None]
    best = max(gaps, key=lambda pair: pair[0], default=None)
    worst = min(gaps, key=lambda pair: pair[0], default=None)
    return PeerFinding(
        best[1] if best and best[0] >= LEAST_EFFECT else None,
        worst[1] if worst and worst[0] <= -LEAST_EFFECT else None,
    )


def count_progress(elements: Sequence[ElementRow]) -> tuple[int, int]:
    """How many elements gained 4 points or more since last round, of how many that can be compared."""
    moves = [row.change for row in elements if row.change is not None]
    return sum(move >= LEAST_EFFECT for move in moves), len(moves)


def largest_contribution(dimensions: Sequence[DimensionRow]) -> DimensionRow | None:
    """The dimension that brings most points to the total; None without scores."""
    scored = [row for row in dimensions if row.contribution is not None]
    return max(scored, key=lambda row: row.contribution or 0, default=None)


def unsupported_points(evidence: EvidenceBalance) -> Fraction | None:
    """Points declared but not supported by evidence, when there are 4 or more."""
    gap = evidence.declared - evidence.supported
    return gap if gap >= LEAST_EFFECT else None


def count_high_levels(criteria: Sequence[CriterionRow]) -> tuple[int, int]:
    """How many criteria stand at level 4 or 5, of how many answered."""
    levels = [row.level for row in criteria if row.level is not None]
    return sum(level >= 4 for level in levels), len(levels)


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Actions by status, and those overdue on the day of the data."""

    total: int
    planned: int
    in_progress: int
    done: int
    overdue: int


def count_actions(actions: Sequence[Action], on: date) -> PlanCounts:
    """The plan in five numbers, as seen on the day `on`."""
    statuses = [action.status for action in actions]
    return PlanCounts(
        total=len(actions),
        planned=statuses.count(ActionStatus.PLANNED),
        in_progress=statuses.count(ActionStatus.IN_PROGRESS),
        done=statuses.count(ActionStatus.DONE),
        overdue=sum(action.is_overdue(on) for action in actions),
    )


def by_quarter(actions: Sequence[Action]) -> tuple[tuple[date | None, tuple[Action, ...]], ...]:
    """Actions in reading order by the quarter they are due in, named by its first day; None for the undated."""
    return tuple(
        (first, tuple(members)) for first, members in groupby(in_reading_order(actions), key=_first_day)
    )


def _first_day(action: Action) -> date | None:
    due = action.due
    return date(due.year, 3 * ((due.month - 1) // 3) + 1, 1) if due else None


def in_reading_order(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Actions by due date, undated last, the plan's own order within a day."""
    return tuple(sorted(actions, key=lambda action: action.due or date.max))
