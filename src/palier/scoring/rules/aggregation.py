"""How children make a parent's score, and what each of them contributes: exactly, to the last digit.

Every function takes only children that have a score. Source: docs/method.md#methods.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import NamedTuple

from palier.questionnaires.rules import Aggregation
from palier.scoring.rules.numbers import PRECISE, decimal, logarithm, quantised, ratio, reaches, total

Part = tuple[Fraction, Fraction]
"""A child as (weight, score)."""

FLOOR = Fraction(1)
"""Geometric means lift scores to one point: a single zero would wipe out all the rest."""

_LINEAR = {Aggregation.WEIGHTED_MEAN, Aggregation.SUM}

_HIGHEST_POWER = 400
"""Up to this sum of whole weights scores are multiplied before the one logarithm is taken."""


class Ground(NamedTuple):
    """Parts on common denominators: child n has `weights[n] / weight_unit` and `scores[n] / score_unit`."""

    weights: list[int]
    weight_unit: int
    scores: list[int]
    score_unit: int

    @property
    def products(self) -> list[int]:
        """w·s of each child."""
        return [weight * score for weight, score in zip(self.weights, self.scores, strict=True)]

    def unit(self, method: Aggregation) -> int:
        """What the products are divided by: with all the weight for a mean."""
        whole = self.weight_unit if method == Aggregation.SUM else sum(self.weights)
        return whole * self.score_unit


def on_common_ground(parts: Sequence[Part]) -> Ground:
    """`parts` as whole numbers over one denominator for weights and one for scores."""
    return Ground(*_whole([weight for weight, _ in parts]), *_whole([score for _, score in parts]))


def _whole(numbers: Sequence[Fraction]) -> tuple[list[int], int]:
    ratios = [number.as_integer_ratio() for number in numbers]
    unit = lcm(*[below for _, below in ratios])
    if unit == 1:
        return [above for above, _ in ratios], 1
    return [above * (unit // below) for above, below in ratios], unit


class Whole(NamedTuple):
    """A parent's two scores, with what each child brings to the first: its share of the weight and its points."""

    score: Fraction
    supported: Fraction
    shares: list[Fraction]
    contributions: Sequence[Fraction]


def aggregate(method: Aggregation, parts: Sequence[Part], supported: Sequence[Fraction]) -> Whole:
    """`combine` over the scores and over the `supported` ones, `contributions`, and shares, which sum to 1.

    Worked out together, for they stand on common ground. `parts` holds at least one child.
    """
    ground = on_common_ground(parts)
    weight = sum(ground.weights)
    shares = [ratio(part, weight) for part in ground.weights]
    if method not in _LINEAR:
        backed = combine(method, [(part[0], score) for part, score in zip(parts, supported, strict=True)])
        return Whole(combine(method, parts), backed, shares, contributions(method, parts))
    products, unit = ground.products, ground.unit(method)
    backing = Ground(ground.weights, ground.weight_unit, *_whole(supported))
    return Whole(
        ratio(sum(products), unit),
        ratio(sum(backing.products), backing.unit(method)),
        shares,
        [ratio(product, unit) for product in products],
    )


def combine(method: Aggregation, parts: Sequence[Part]) -> Fraction:
    """The parent's score in points. `parts` holds at least one child."""
    match method:
        case Aggregation.GEOMETRIC_MEAN:
            return geometric_mean(parts)
        case Aggregation.MINIMUM:
            return min(score for _, score in parts)
        case Aggregation.WEIGHTED_MEAN | Aggregation.SUM:
            ground = on_common_ground(parts)
            return ratio(sum(ground.products), ground.unit(method))


def contributions(method: Aggregation, parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """What each child brings to `combine(method, parts)`; the parts add up to it exactly."""
    match method:
        case Aggregation.GEOMETRIC_MEAN:
            return _log_shares(parts)
        case Aggregation.MINIMUM:
            return _all_on_the_weakest(parts)
        case Aggregation.WEIGHTED_MEAN | Aggregation.SUM:
            ground = on_common_ground(parts)
            unit = ground.unit(method)
            return tuple(ratio(product, unit) for product in ground.products)


def weighted_mean(parts: Sequence[Part]) -> Fraction:
    """Σ w·s / Σ w."""
    return combine(Aggregation.WEIGHTED_MEAN, parts)


def weight_of(parts: Sequence[Part]) -> Fraction:
    """Σ w."""
    return total([weight for weight, _ in parts])


def geometric_mean(parts: Sequence[Part]) -> Fraction:
    """exp(Σ w·ln max(s, 1) / Σ w), to 1e-12, never outside the range of the lifted scores."""
    lifted = _lifted(parts)
    scores = [score for _, score in lifted]
    mean = quantised(PRECISE.exp(_mean_logarithm(lifted)))
    return min(max(mean, min(scores)), max(scores))


def balance(parts: Sequence[Part]) -> Fraction:
    """Geometric over arithmetic mean of the lifted scores: 1 when all are equal, lower the further apart."""
    lifted = _lifted(parts)
    found = quantised(decimal(geometric_mean(lifted) / weighted_mean(lifted)))
    return min(found, FLOOR)


def _lifted(parts: Sequence[Part]) -> list[Part]:
    return [(weight, score if reaches(score, FLOOR) else FLOOR) for weight, score in parts]


def _mean_logarithm(lifted: Sequence[Part]) -> Decimal:
    """Σ w·ln s / Σ w. A logarithm costs more than all the rest: where weights are small, one is enough."""
    weights, _ = _whole([weight for weight, _ in lifted])
    common = gcd(*weights)
    whole = sum(weights) // common
    if whole > _HIGHEST_POWER:
        return PRECISE.divide(_precise_sum(_logarithms(lifted)), decimal(weight_of(lifted)))
    powers = [
        PRECISE.power(decimal(score), weight // common)
        for (_, score), weight in zip(lifted, weights, strict=True)
    ]
    return PRECISE.divide(PRECISE.ln(reduce(PRECISE.multiply, powers)), Decimal(whole))


def _precise_sum(numbers: Iterable[Decimal]) -> Decimal:
    """A sum in our own context: the built-in would round by that of the calling thread."""
    return reduce(PRECISE.add, numbers, Decimal(0))


def _logarithms(lifted: Sequence[Part]) -> list[Decimal]:
    """w·ln s of each child; never negative."""
    return [PRECISE.multiply(decimal(weight), logarithm(score)) for weight, score in lifted]


def _log_shares(parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """The mean split by each child's part in its logarithm; the last child takes the remainder."""
    mean = geometric_mean(parts)
    logs = _logarithms(_lifted(parts))
    # All at one point or less: no logarithm to split by, so weights do it.
    split = logs if any(logs) else [decimal(weight) for weight, _ in parts]
    whole = PRECISE.divide(_precise_sum(split), decimal(mean))
    first = [quantised(PRECISE.divide(share, whole)) for share in split[:-1]]
    return (*first, mean - total(first))


def _all_on_the_weakest(parts: Sequence[Part]) -> tuple[Fraction, ...]:
    weakest = min(score for _, score in parts)
    ties = sum(score == weakest for _, score in parts)
    return tuple(weakest / ties if score == weakest else Fraction(0) for _, score in parts)
