"""One figure for several units: the weighted mean of those that have a score, and how far they are apart.

Source: docs/method.md#units.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """One unit: its score in points, None where it has none, and what it weighs (a positive number)."""

    score: Fraction | None
    weight: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rolled:
    """The figure of all units together, in points. None where no unit has a score; `units` counts them all."""

    score: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    counted: int
    units: int

    @property
    def spread(self) -> Fraction | None:
        """Points between the lowest and the highest unit."""
        return None if self.highest is None or self.lowest is None else self.highest - self.lowest


def roll_up(parts: Iterable[Part]) -> Rolled:
    """The mean of the units that have a score, by weight: S = Σ w·s / Σ w. A unit without a score is missing, never zero.

    Exact. Raises ValueError for a weight that is not positive.
    """
    every = tuple(parts)
    if any(part.weight <= 0 for part in every):
        raise ValueError("a unit weighs more than nothing")
    scored = [(part.score, part.weight) for part in every if part.score is not None]
    if not scored:
        return Rolled(None, None, None, 0, len(every))
    total = sum((weight for _, weight in scored), Fraction(0))
    mean = sum((score * weight for score, weight in scored), Fraction(0)) / total
    scores = [score for score, _ in scored]
    return Rolled(mean, min(scores), max(scores), len(scored), len(every))


def weights(given: Mapping[str, int | None]) -> dict[str, Fraction]:
    """What each unit weighs: as given where every unit has a weight, else all the same.

    A mean of weights somebody forgot to fill in would be of nobody's choosing.
    """
    if given and all(weight for weight in given.values()):
        return {unit: Fraction(weight or 1) for unit, weight in given.items()}
    return dict.fromkeys(given, Fraction(1))
