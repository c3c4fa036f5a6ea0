"""What a change from one round to another is worth: beside measurement error, beside peers, over several rounds.

Every change handed in is measured on the criteria common to both rounds. Source: docs/method.md#over-time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor, sqrt
from typing import Final

from palier.assessments.rules.peers import PeerFigure, PeerView

NORMAL_IQR: Final = Fraction(1349, 1000)
"""Quartiles of a normal distribution lie that many standard deviations apart."""

CERTAIN: Final = Fraction(196, 100)
"""Index from which a change is called reliable: error alone would give as much in one case out of twenty."""

LEAST_ROUNDS: Final = 3
"""Two points always lie on a line; from three on a trend says something."""

YEAR: Final = Fraction(1461, 4)  # days


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """A change beside the error of measuring twice. `delta` in points, `variance` of that error in points squared.

    The index is delta / (sd·√(2(1 − r))), with sd = (Q3 − Q1) / 1.349 of the group of peers and r the reliability.
    Source: N. Jacobson and P. Truax, "Clinical significance", J. Consulting and Clinical Psychology 59 (1991).
    """

    delta: Fraction
    variance: Fraction

    @property
    def index(self) -> float:
        """The change in standard errors, with the sign of the change."""
        return float(self.delta) / sqrt(self.variance)

    @property
    def beyond_error(self) -> bool:
        """Whether the index is 1.96 or more, either way; decided in exact arithmetic."""
        return self.delta**2 >= CERTAIN**2 * self.variance


def reliable_change(
    delta: Fraction | None, group: PeerFigure | None, reliability: Fraction
) -> ReliableChange | None:
    """The reliable change of `delta`; None where no group is published, or its quartiles or the error are nil."""
    if delta is None or group is None:
        return None
    spread = Fraction(group.q3 - group.q1) / NORMAL_IQR
    variance = spread**2 * 2 * (1 - reliability)
    return ReliableChange(delta, variance) if variance > 0 else None


def peer_corrected(delta: Fraction | None, group: int | None) -> int | None:
    """Own change, rounded half up to a whole point, minus the change of the group's median. None where either is."""
    return None if delta is None or group is None else floor(delta + Fraction(1, 2)) - group


def group_change(variable: str, before: PeerView | None, after: PeerView | None) -> int | None:
    """Change of the published median of `variable` between the editions of two rounds, in whole points.

    None where it is hidden in either, where the two answer different groups, and where an edition is not that of its
    round's own campaign: the two would not lie as far apart as the rounds.
    """
    if before is None or after is None or not (before.of_its_campaign and after.of_its_campaign):
        return None
    if before.cohort_key != after.cohort_key or before.major != after.major:
        return None
    then, now = before.figures.get(variable), after.figures.get(variable)
    return None if then is None or now is None else now.median - then.median


@dataclass(frozen=True, slots=True)
class Beside:
    """A change beside measurement error and beside peers; each None where it cannot be told."""

    delta: Fraction | None
    reliable: ReliableChange | None = None
    group: int | None = None

    @property
    def corrected(self) -> int | None:
        """Own change minus that of the group's median, in whole points."""
        return peer_corrected(self.delta, self.group)


def realisation(start: Fraction | None, now: Fraction | None, target: Fraction | None) -> Fraction | None:
    """Share of the way from `start` to `target` that was gone, (S_t − S_0) / (T − S_0); None where there is no way.

    Under 0 for a fall, over 1 beyond the target.
    """
    if start is None or now is None or target is None or target <= start:
        return None
    return (now - start) / (target - start)


@dataclass(frozen=True, slots=True)
class Trend:
    """What a node gains a year by its scored rounds, in points, and how many rounds tell it."""

    per_year: Fraction
    rounds: int


def chained(latest: Fraction | None, deltas: Sequence[Fraction | None]) -> list[Fraction] | None:
    """Points of every round, oldest first, so that neighbours differ by their change over common criteria.

    `deltas`: from each round to the next. The latest keeps its own score. None where a link is missing.
    """
    if latest is None:
        return None
    points = [latest]
    for delta in reversed(deltas):
        if delta is None:
            return None
        points.insert(0, points[0] - delta)
    return points


def slope(points: Sequence[tuple[date, Fraction]]) -> Fraction | None:
    """Points a year, by least squares through (day, points); None under three rounds or without time between them."""
    if len(points) < LEAST_ROUNDS:
        return None
    days = [Fraction(day.toordinal()) for day, _ in points]
    middle = sum(days, Fraction(0)) / len(days)
    mean = sum((value for _, value in points), Fraction(0)) / len(points)
    spread = sum(((day - middle) ** 2 for day in days), Fraction(0))
    pairs = zip(days, points, strict=True)
    together = sum(((day - middle) * (value - mean) for day, (_, value) in pairs), Fraction(0))
    return Fraction(together * YEAR / spread) if spread else None
