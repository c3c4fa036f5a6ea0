"""What a member's page says of each variable: own score, published figures, gap, and what moved since last edition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from palier.benchmarks.rules.cohorts import Cohort
from palier.benchmarks.rules.contributions import half_up
from palier.benchmarks.rules.standing import HIDDEN, Figure, Standing

Points = Fraction | None
Changes = Mapping[str, Points]

LEAST_EFFECT = 4
"""Points under which a difference is not worth a title. Source: docs/method.md#reading."""


@dataclass(frozen=True, slots=True)
class Line:
    """One variable of a member's page. Own figures are exact points, published ones whole points."""

    code: str
    score: Points
    figure: Figure
    comparable: bool = True
    """False where too little of it applied to be compared: the own score is then set beside nothing."""
    last: Points = None
    moved: int | None = None
    """Quarters gained (or lost, negative) since the last edition, in the same cohort."""
    own_change: Points = None
    group_change: int | None = None
    """Change of the published median between the two editions."""
    wider: Cohort | None = None
    """Where hidden: the next wider group that shows it."""

    @property
    def hidden(self) -> bool:
        """Whether nothing is published of it in this group."""
        return self.figure.median is None

    @property
    def gap(self) -> int | None:
        """Own score, rounded half up to a whole point, minus the published median."""
        if self.score is None or self.figure.median is None or not self.comparable:
            return None
        return half_up(self.score) - self.figure.median

    @property
    def lead(self) -> Fraction | None:
        """Points by which the own change exceeds the group's."""
        if self.own_change is None or self.group_change is None:
            return None
        return self.own_change - self.group_change


def index(points: Fraction | int | None) -> Fraction | None:
    """Points from 0 to 100 as an index from 0 to 10. Source: docs/method.md#benchmarks."""
    return None if points is None else Fraction(points) / 10


@dataclass(frozen=True, slots=True)
class Before:
    """The edition before, in the same cohort, and the own round that belongs to it."""

    standing: Standing
    scores: Mapping[str, Points]
    changes: Changes
    """Own change by variable, over the criteria scored in both rounds."""
    unlike: frozenset[str] = frozenset()
    """Criteria that the two campaigns asked otherwise: what peers moved by is not told."""


def line(
    code: str,
    score: Points,
    own: Mapping[str, Points],
    standing: Standing,
    before: Before | None = None,
    wider: Mapping[str, Cohort] | None = None,
) -> Line:
    """The line of one variable. `own`: comparable scores by variable; `wider`: see standing.wider_cohorts."""
    figure = standing.figures.get(code, HIDDEN)
    comparable = score is None or own.get(code) is not None
    plain = Line(code, score, figure, comparable, wider=(wider or {}).get(code))
    return plain if before is None else _since(plain, before)


def _since(now: Line, before: Before) -> Line:
    old = before.standing.figures.get(now.code, HIDDEN)
    quarters, medians = (now.figure.quarter, old.quarter), (now.figure.median, old.median)
    alike = now.code not in before.unlike
    return Line(
        now.code, now.score, now.figure, now.comparable, before.scores.get(now.code),
        _minus(*quarters) if alike else None, before.changes.get(now.code),
        _minus(*medians) if alike else None, now.wider,
    )  # fmt: skip


def _minus(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def sort_lines(lines: Iterable[Line], order: str) -> list[Line]:
    """By "gap", "score", or the order given; a leading minus puts the highest first, hidden ones stay last."""
    every = list(lines)
    figures = {
        one.code: figure for one in every if (figure := _figure(one, order.removeprefix("-"))) is not None
    }
    known = [one for one in every if one.code in figures]
    known.sort(key=lambda one: figures[one.code], reverse=order.startswith("-"))
    return known + [one for one in every if one.code not in figures] if figures else every


def _figure(one: Line, order: str) -> Fraction | int | None:
    return {"gap": one.gap, "score": one.score}.get(order)


def standing_out(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Lines under and over the median by LEAST_EFFECT or more, the farthest first."""
    gaps = [(one.gap, one) for one in lines if one.gap is not None]
    under = sorted((pair for pair in gaps if pair[0] <= -LEAST_EFFECT), key=lambda pair: pair[0])
    over = sorted((pair for pair in gaps if pair[0] >= LEAST_EFFECT), key=lambda pair: -pair[0])
    return [one for _, one in under], [one for _, one in over]


def movers(lines: Iterable[Line], most: int = 5) -> list[Line]:
    """The lines whose own change differs most from the group's, the largest lead first."""
    known = [(abs(one.lead), one) for one in lines if one.lead is not None]
    chosen = [one for _, one in sorted(known, key=lambda pair: -pair[0])[:most]]
    return sorted(chosen, key=lambda one: -(one.lead or 0))
