"""How far several people agree: exact figures, None where there is nothing to measure.

Ratings are whole numbers, fractions or decimals; every result is an exact fraction.
Source: docs/method.md#agreement; published figures in tests/scoring/cases/agreement.yaml.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

Number = int | Fraction | Decimal

LEAST_PERSONS = 30
"""Under so many respondents Cronbach's alpha says more about chance than about the scale."""


class TooFew(ValueError):
    """Not enough respondents for the figure to mean anything."""


# --- one thing rated by several people ----------------------------------------------------------------------


def mean(numbers: Sequence[Number]) -> Fraction:
    """The exact mean of at least one number."""
    return sum((Fraction(x) for x in numbers), Fraction(0)) / len(numbers)


def median(numbers: Iterable[Number]) -> Fraction:
    """The middle one, or the mean of the two in the middle, exactly; of at least one number."""
    ranked = sorted(Fraction(x) for x in numbers)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2


def variance(numbers: Sequence[Number]) -> Fraction:
    """The sample variance (n - 1) of at least two numbers."""
    centre = mean(numbers)
    return sum(((Fraction(x) - centre) ** 2 for x in numbers), Fraction(0)) / (len(numbers) - 1)


def rwg(levels: Sequence[Number], options: int) -> Fraction | None:
    """r_wg of levels given on a ladder of `options` equal rungs: 1 full agreement, 0 that of chance or less.

    1 - s² / ((A² - 1) / 12), at least 0 (James, Demaree & Wolf 1984). None under two levels or two rungs.
    """
    return _within_group(levels, Fraction(options**2 - 1, 12))


def rwg_of_points(points: Sequence[Number], top: Number = 100) -> Fraction | None:
    """r_wg of figures on a continuous scale from 0 to `top`, whose chance variance is top² / 12."""
    return _within_group(points, Fraction(top) ** 2 / 12)


def _within_group(ratings: Sequence[Number], by_chance: Fraction) -> Fraction | None:
    if len(ratings) < 2 or not by_chance:
        return None
    return max(Fraction(0), 1 - variance(ratings) / by_chance)


def average_deviation(levels: Sequence[Number], centre: Callable[[Sequence[Number]], Fraction]) -> Fraction:
    """AD: mean distance to `centre` of them (`mean` or `median`), in rungs; A/6 or less is agreement.

    Burke, Finkelstein & Dusig 1999; the limit is Burke & Dunlap's (2002).
    """
    middle = centre(levels)
    return mean([abs(Fraction(level) - middle) for level in levels])


# --- many things coded by several people --------------------------------------------------------------------


class Metric(StrEnum):
    """What a difference between two values means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


_Counts = Mapping[Fraction, int]


def krippendorff_alpha(
    ratings_by_coder: Sequence[Sequence[Number | None]], metric: Metric | str
) -> Fraction | None:
    """Krippendorff's alpha: 1 full agreement, 0 that of chance, negative below it.

    One row per coder, one column per unit; None is missing, and a unit with one value is left out. None where no
    two values can be paired or all are the same. Raises ValueError: rows of different lengths, negative ratios.
    Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011).
    """
    units = [_values(unit) for unit in zip(*ratings_by_coder, strict=True)]
    pairable = [Counter(unit) for unit in units if len(unit) > 1]
    margins: Counter[Fraction] = Counter()
    for unit in pairable:
        margins.update(unit)
    if len(margins) < 2:
        return None
    distance = _distance(Metric(metric), margins)
    observed = sum((_disagreement(unit, distance) / (unit.total() - 1) for unit in pairable), Fraction(0))
    expected = _disagreement(margins, distance) / (margins.total() - 1)
    return 1 - observed / expected


def _values(unit: Iterable[Number | None]) -> list[Fraction]:
    return [Fraction(value) for value in unit if value is not None]


def _disagreement(counts: _Counts, distance: Callable[[Fraction, Fraction], Fraction]) -> Fraction:
    """Squared differences over all pairs of different values, each pair once."""
    pairs = combinations(sorted(counts), 2)
    return sum((counts[c] * counts[k] * distance(c, k) for c, k in pairs), Fraction(0))


def _distance(metric: Metric, margins: _Counts) -> Callable[[Fraction, Fraction], Fraction]:
    """The squared difference of a lower and a higher value."""
    if metric is Metric.ORDINAL:
        return _ranks_between(margins)
    if metric is Metric.RATIO and min(margins) < 0:
        raise ValueError("a ratio scale has no value under zero")
    return {
        Metric.NOMINAL: lambda c, k: Fraction(1),
        Metric.INTERVAL: lambda c, k: (k - c) ** 2,
        Metric.RATIO: lambda c, k: ((k - c) / (k + c)) ** 2,
    }[metric]


def _ranks_between(margins: _Counts) -> Callable[[Fraction, Fraction], Fraction]:
    """Ordinal: how many values lie from one to the other, both ends counted half, squared."""
    places: dict[Fraction, Fraction] = {}
    seen = 0
    for value in sorted(margins):
        places[value] = seen + Fraction(margins[value], 2)
        seen += margins[value]
    return lambda c, k: (places[k] - places[c]) ** 2


# --- a full table: targets in rows, judges in columns -------------------------------------------------------


class MeanSquares(NamedTuple):
    """The two-way analysis of variance of a table without holes."""

    rows: Fraction
    columns: Fraction
    error: Fraction


def mean_squares(table: Sequence[Sequence[Number]]) -> MeanSquares:
    """Between rows, between columns, and what neither explains. Raises ValueError for a table of one row or column."""
    n, k = len(table), len(table[0]) if table else 0
    if n < 2 or k < 2 or any(len(row) != k for row in table):
        raise ValueError("needs a full table of two rows and two columns at least")
    grand = mean([mean(row) for row in table])
    rows = k * sum(((mean(row) - grand) ** 2 for row in table), Fraction(0))
    columns = n * sum(((mean(column) - grand) ** 2 for column in zip(*table, strict=True)), Fraction(0))
    whole = sum(((Fraction(x) - grand) ** 2 for row in table for x in row), Fraction(0))
    return MeanSquares(rows / (n - 1), columns / (k - 1), (whole - rows - columns) / ((n - 1) * (k - 1)))


def icc_a_k(table: Sequence[Sequence[Number]]) -> Fraction | None:
    """ICC(A,k): how reliable the mean of the k judges is, two-way random, absolute agreement. At most 1.

    (MSR - MSE) / (MSR + (MSC - MSE) / n); ICC(2,k) of Shrout & Fleiss 1979, ICC(A,k) of McGraw & Wong 1996.
    Rows are targets, columns judges. None where the denominator is not positive: the targets do not differ.
    """
    squares = mean_squares(table)
    below = squares.rows + (squares.columns - squares.error) / len(table)
    return (squares.rows - squares.error) / below if below > 0 else None


def cronbach_alpha(items: Sequence[Sequence[Number]]) -> Fraction | None:
    """Cronbach's alpha of a perception scale: one row per person, one column per item, no holes.

    Raises TooFew under 30 persons, ValueError under two items. None where the sums do not vary.
    """
    covariances = [[_covariance(a, b) for b in zip(*items, strict=True)] for a in zip(*items, strict=True)]
    return alpha_of_covariances(covariances, persons=len(items))


def alpha_of_covariances(covariances: Sequence[Sequence[Number]], persons: int) -> Fraction | None:
    """As `cronbach_alpha`, from the covariances of the items: k / (k - 1) · (1 - trace / sum). Cronbach 1951."""
    if persons < LEAST_PERSONS:
        raise TooFew(f"needs {LEAST_PERSONS} persons, has {persons}")
    items = len(covariances)
    if items < 2:
        raise ValueError("a scale has two items at least")
    trace = sum((Fraction(row[place]) for place, row in enumerate(covariances)), Fraction(0))
    whole = sum((Fraction(x) for row in covariances for x in row), Fraction(0))
    return Fraction(items, items - 1) * (1 - trace / whole) if whole else None


def _covariance(a: Sequence[Number], b: Sequence[Number]) -> Fraction:
    if len(a) < 2:
        raise TooFew(f"needs {LEAST_PERSONS} persons, has {len(a)}")
    centre_a, centre_b = mean(a), mean(b)
    products = ((Fraction(x) - centre_a) * (Fraction(y) - centre_b) for x, y in zip(a, b, strict=True))
    return sum(products, Fraction(0)) / (len(a) - 1)
