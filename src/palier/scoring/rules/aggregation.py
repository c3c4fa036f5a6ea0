"""How children make a parent's score, and what each of them contributes: exactly, to the last digit.

Every function takes only children that have a score. Source: docs/method.md#methods.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import reduce

from palier.questionnaires.rules import Aggregation

Part = tuple[Fraction, Fraction]
"""A child as (weight, score)."""

QUANTUM = Decimal("1e-12")
FLOOR = Fraction(1)
"""Geometric means lift scores to one point: a single zero would wipe out all the rest."""

_PRECISE = Context(prec=50, rounding=ROUND_HALF_EVEN)


def combine(method: Aggregation, parts: Sequence[Part]) -> Fraction:
    """The parent's score in points. `parts` holds at least one child."""
    match method:
        case Aggregation.WEIGHTED_MEAN:
            return weighted_mean(parts)
        case Aggregation.GEOMETRIC_MEAN:
            return geometric_mean(parts)
        case Aggregation.MINIMUM:
            return min(score for _, score in parts)
        case Aggregation.SUM:
            return _weighted_sum(parts)


def contributions(method: Aggregation, parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """What each child brings to `combine(method, parts)`; the parts add up to it exactly."""
    match method:
        case Aggregation.WEIGHTED_MEAN:
            whole = weight_of(parts)
            return tuple(weight * score / whole for weight, score in parts)
        case Aggregation.GEOMETRIC_MEAN:
            return _log_shares(parts)
        case Aggregation.MINIMUM:
            return _all_on_the_weakest(parts)
        case Aggregation.SUM:
            return tuple(weight * score for weight, score in parts)


def total(numbers: Iterable[Fraction]) -> Fraction:
    """The exact sum."""
    return _sum_of_ratios(item.as_integer_ratio() for item in numbers)


def _weighted_sum(parts: Sequence[Part]) -> Fraction:
    return _sum_of_ratios((w.numerator * s.numerator, w.denominator * s.denominator) for w, s in parts)


def _sum_of_ratios(ratios: Iterable[tuple[int, int]]) -> Fraction:
    """Σ a/b, reduced once at the end: `sum` of fractions reduces at every step, twice the time."""
    numerator, denominator = 0, 1
    for a, b in ratios:
        if b == denominator:
            numerator += a
        else:
            numerator, denominator = numerator * b + a * denominator, denominator * b
    return Fraction(numerator, denominator)


def weighted_mean(parts: Sequence[Part]) -> Fraction:
    """Σ w·s / Σ w."""
    return _weighted_sum(parts) / weight_of(parts)


def weight_of(parts: Sequence[Part]) -> Fraction:
    """Σ w."""
    return total(weight for weight, _ in parts)


def geometric_mean(parts: Sequence[Part]) -> Fraction:
    """exp(Σ w·ln max(s, 1) / Σ w), to 1e-12, never outside the range of the lifted scores."""
    lifted = [max(score, FLOOR) for _, score in parts]
    whole = _decimal(weight_of(parts))
    logarithm = _PRECISE.divide(_precise_sum(_logarithms(parts)), whole)
    mean = Fraction(_PRECISE.exp(logarithm).quantize(QUANTUM, context=_PRECISE))
    return min(max(mean, min(lifted)), max(lifted))


def balance(parts: Sequence[Part]) -> Fraction:
    """Geometric over arithmetic mean of the lifted scores: 1 when all are equal, lower the further apart."""
    lifted = [(weight, max(score, FLOOR)) for weight, score in parts]
    ratio = _decimal(geometric_mean(lifted) / weighted_mean(lifted))
    return min(Fraction(ratio.quantize(QUANTUM, context=_PRECISE)), Fraction(1))


def _decimal(exact: Fraction) -> Decimal:
    return _PRECISE.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _precise_sum(numbers: Iterable[Decimal]) -> Decimal:
    """A sum in our own context: the built-in would round by that of the calling thread."""
    return reduce(_PRECISE.add, numbers, Decimal(0))


def _logarithms(parts: Sequence[Part]) -> list[Decimal]:
    """w·ln max(s, 1) of each child; never negative."""
    return [
        _PRECISE.multiply(_decimal(weight), _PRECISE.ln(_decimal(max(score, FLOOR))))
        for weight, score in parts
    ]


def _log_shares(parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """The mean split by each child's part in its logarithm; the last child takes the remainder."""
    mean = geometric_mean(parts)
    logs = _logarithms(parts)
    # All at one point or less: no logarithm to split by, so weights do it.
    shares = logs if any(logs) else [_decimal(weight) for weight, _ in parts]
    whole = _PRECISE.divide(_precise_sum(shares), _decimal(mean))
    first = [
        Fraction(_PRECISE.divide(share, whole).quantize(QUANTUM, context=_PRECISE)) for share in shares[:-1]
    ]
    return (*first, mean - total(first))


def _all_on_the_weakest(parts: Sequence[Part]) -> tuple[Fraction, ...]:
    weakest = min(score for _, score in parts)
    ties = sum(score == weakest for _, score in parts)
    return tuple(weakest / ties if score == weakest else Fraction(0) for _, score in parts)
