"""Who counts, once, and what they gave, on the grid of a tenth of a point."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING

from palier.benchmarks.rules.cohorts import DIMENSIONS
from palier.foundation.later import Later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

Score = int | float | Decimal | Fraction
Scores = Mapping[str, Score | None]

MISSING = 32767
"""Marks "no answer" on the grid; larger than any score, so that sorting leaves it behind."""

GRID = 10
"""Steps of the grid in one point of the scale: contributions are kept to 0.1 point."""


KEYS = ("member", "group", *DIMENSIONS, "scores")
"""What a contribution must say; an attribute that is not known is the empty text."""


class ContributionError(ValueError):
    """A contribution that lacks a key, names a member twice, or holds a score outside 0 to 100."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One member's submitted assessment of the campaign; scores in points from 0 to 100, None = no answer."""

    member: str
    group: str
    attributes: Mapping[str, str | None]
    scores: Scores


def read_contributions(given: Iterable[Mapping[str, object]]) -> tuple[Contribution, ...]:
    """The contributions, by member, copied: later changes to `given` do not reach them.

    A member without a group is its own group. Raises ContributionError for a missing key, a value of the wrong
    kind, or a repeated member.
    """
    contributions = tuple(sorted(map(_contribution, given), key=lambda one: one.member))
    for one, other in pairwise(contributions):
        if one.member == other.member:
            raise ContributionError(f"member {one.member} contributes twice")
    return contributions


def _contribution(given: Mapping[str, object]) -> Contribution:
    member = _name_of(given)
    if missing := [key for key in KEYS if key not in given]:
        raise ContributionError(f"member {member} lacks {', '.join(missing)}")
    scores = given["scores"]
    if not isinstance(scores, Mapping) or not all(isinstance(variable, str) for variable in scores):
        raise ContributionError(f"member {member}: scores are not a mapping of variables")
    attributes = {dimension: _attribute(member, dimension, given[dimension]) for dimension in DIMENSIONS}
    return Contribution(member, str(given["group"] or member), attributes, dict(scores))


def _name_of(given: Mapping[str, object]) -> str:
    if not isinstance(given, Mapping):
        raise ContributionError("a contribution is not a mapping")
    member = given.get("member")
    if member is None or member == "":
        raise ContributionError("a contribution names no member")
    return str(member)


def _attribute(member: str, dimension: str, value: object) -> str | None:
    if not isinstance(value, str):
        raise ContributionError(f"member {member}: {dimension} is not text (empty where it is not known)")
    return value or None


def one_per_group(contributions: Iterable[Contribution], known: Collection[str]) -> tuple[Contribution, ...]:
    """One contribution for each legal group, by member: the parent's own (a group bears its parent's id), else the
    one already in a batch, else the first by id.

    `known`: members who held a seat in the last edition. No score is read.
    """
    chosen: dict[str, Contribution] = {}
    for one in sorted(
        contributions, key=lambda one: (one.member != one.group, one.member not in known, one.member)
    ):
        chosen.setdefault(one.group, one)
    return tuple(sorted(chosen.values(), key=lambda one: one.member))


def half_up(value: Score, steps: int = 1) -> int:
    """`value` in steps of 1/`steps`, ties upwards, exact. A float counts as the decimal it is written as."""
    exact = Fraction(str(float(value))) if isinstance(value, float) else Fraction(value)
    numerator, denominator = exact.numerator * steps, exact.denominator
    return (2 * numerator + denominator) // (2 * denominator)


def settled(text: str) -> float:
    """A score kept as text ("62.4", "187/3") on the grid: what `on_grid` makes of the exact value, it makes of this."""
    return half_up(Fraction(text), GRID) / GRID


def on_grid(contributions: Sequence[Contribution], variables: Sequence[str]) -> NDArray[np.int16]:
    """Tenths of a point, shape (variables, contributions), rounded half up; MISSING where there is no answer.

    Raises ContributionError for a score outside 0 to 100 or one that is not a number.
    """
    given = [[one.scores.get(variable) for variable in variables] for one in contributions]
    if not all(map(_is_number, {type(value) for row in given for value in row} - {type(None)})):
        raise _wrong_score(contributions)
    points = np.array(given, dtype=np.float64).reshape(len(contributions), len(variables))
    absent = np.isnan(points)
    outside = (points < 0) | (points > 100)
    if outside.any() or absent.sum() != sum(row.count(None) for row in given):
        raise _wrong_score(contributions)
    steps = np.where(absent, 0.0, points) * GRID
    tenths = np.floor(steps + 0.5).astype(np.int16)
    for row, column in np.argwhere(np.abs(steps - np.floor(steps) - 0.5) < 1e-6):
        tenths[row, column] = half_up(given[row][column], GRID)
    tenths[absent] = MISSING
    return np.ascontiguousarray(tenths.T)


def _is_number(kind: type) -> bool:
    return kind is not bool and issubclass(kind, Real | Decimal)


def _wrong_score(contributions: Iterable[Contribution]) -> ContributionError:
    """The error that names the first score that is none. Its value is not repeated: errors end up in logs."""
    for one in contributions:
        for variable, value in one.scores.items():
            if value is not None and not (_is_number(type(value)) and 0 <= value <= 100):
                return ContributionError(
                    f"member {one.member}: {variable} is not a number from 0 to 100, nor None"
                )
    return ContributionError("a score is not a number from 0 to 100, nor None")
