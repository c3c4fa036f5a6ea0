"""A mixed whole-number programme as plain data: columns, rows, and what to make as large as possible.

Whoever solves it is handed in as a `Solver`, so that the rules load no library and tests may solve by brute force.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Protocol

Number = Fraction | float | int


@dataclass(frozen=True, slots=True)
class Linear:
    """Σ coefficient × column + constant."""

    terms: Mapping[str, Number] = field(default_factory=dict)
    constant: Number = 0

    def __add__(self, other: "Linear") -> "Linear":
        terms = dict(self.terms)
        for name, number in other.terms.items():
            terms[name] = terms.get(name, 0) + number
        return Linear(terms, self.constant + other.constant)

    def times(self, factor: Number) -> "Linear":
        """Every coefficient and the constant multiplied."""
        return Linear({name: number * factor for name, number in self.terms.items()}, self.constant * factor)

    def at(self, values: Mapping[str, float]) -> float:
        """What it is worth there."""
        return float(self.constant) + sum(float(n) * values[name] for name, n in self.terms.items())


def added(parts: Iterable[Linear]) -> Linear:
    """The sum of `parts`; 0 without any."""
    return sum(parts, Linear())


@dataclass(frozen=True, slots=True)
class Column:
    """An unknown between two bounds, whole or not."""

    low: float = 0
    high: float = 1
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`left` is at most 0."""

    left: Linear

    def scaled(self) -> tuple[dict[str, float], float]:
        """Coefficients and upper limit. Exact fractions become whole numbers, so that nothing is lost in floats."""
        numbers = [*self.left.terms.values(), self.left.constant]
        unit = lcm(*[n.denominator for n in numbers if not isinstance(n, float)])
        if any(isinstance(n, float) for n in numbers) or unit > _LARGEST_UNIT:
            unit = 1
        return {name: float(n * unit) for name, n in self.left.terms.items()}, float(
            -self.left.constant * unit
        )


_LARGEST_UNIT = 10**6


def at_most(left: Linear, right: Linear) -> Row:
    """`left` ≤ `right`."""
    return Row(left + right.times(-1))


@dataclass(frozen=True, slots=True)
class Program:
    """Make `goal` as large as possible within `rows`."""

    columns: Mapping[str, Column]
    rows: Sequence[Row]
    goal: Linear


@dataclass(frozen=True, slots=True)
class Solution:
    """The columns' values; no solution has a goal above `bound`."""

    values: Mapping[str, float]
    bound: float


class Solver(Protocol):
    """Solves a programme: always the same solution for the same programme. None where there is none, or none was found."""

    def __call__(self, program: Program) -> Solution | None: ...
