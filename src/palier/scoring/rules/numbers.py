"""Exact numbers: read as written and refused rather than guessed, compared and added without a detour.

`Fraction` reduces and checks its operands at every step; where many of them meet, whole numbers over a common
denominator give the same figures in a fraction of the time. Source: docs/method.md#scoring.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

QUANTUM = Decimal("1e-12")
"""What is left of a number that is no fraction (roots, logarithms) when it is carried on as one."""

PRECISE = Context(prec=50, rounding=ROUND_HALF_EVEN)
"""The arithmetic of such numbers: our own, for the calling thread's may be set to anything."""

_WRITTEN = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40}|/0*[1-9][0-9]{0,39})?")
_FLOAT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,3})?")
"""How Python writes its floats; their exponents are short, a text's could fill the memory."""


def exact(given: Any) -> Fraction:
    """A number as written: floats by their shortest text, so that 0.1 is 1/10. Raises TypeError, ValueError."""
    if isinstance(given, int) and not isinstance(given, bool):
        return Fraction(given)
    if isinstance(given, Fraction):
        return given
    if isinstance(given, bool) or not isinstance(given, str | float | Decimal):
        raise TypeError(f"not a number: {_short(given)}")
    text = str(given).strip().lower()
    if not (_WRITTEN if isinstance(given, str) else _FLOAT).fullmatch(text):
        raise ValueError(f"not a number: {_short(given)}")
    return Fraction(text)


def whole(given: Any, what: str = "a level") -> int:
    """A whole number, which `what` is. Raises TypeError, ValueError."""
    if type(given) is int:
        return given
    number = exact(given)
    if number.denominator != 1:
        raise ValueError(f"{what} is a whole number, not {_short(given)}")
    return number.numerator


@lru_cache(maxsize=4096)
def as_text(number: Fraction) -> str:
    """`number` as a decimal where it is one ("12.5"), else as a fraction ("1/3"): the shortest exact text."""
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1:
        return str(number)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


@lru_cache(maxsize=8192)
def ratio(numerator: int, denominator: int) -> Fraction:
    """numerator / denominator: few weights and points meet, so most have been asked for before."""
    return Fraction(numerator, denominator)


def total(numbers: Iterable[Fraction]) -> Fraction:
    """The exact sum, reduced once at the end."""
    top, bottom = 0, 1
    for number in numbers:
        a, b = number.as_integer_ratio()
        if b == bottom:
            top += a
        else:
            top, bottom = top * b + a * bottom, bottom * b
    return ratio(top, bottom)


def reaches(number: Fraction, least: Fraction) -> bool:
    """number >= least."""
    a, b = number.as_integer_ratio()
    c, d = least.as_integer_ratio()
    return a * d >= c * b


def decimal(number: Fraction) -> Decimal:
    """`number` to 50 digits."""
    return PRECISE.divide(Decimal(number.numerator), Decimal(number.denominator))


def quantised(number: Decimal) -> Fraction:
    """`number` to 1e-12, half to even, exact from there on."""
    return Fraction(number.quantize(QUANTUM, context=PRECISE))


def logarithm(number: Fraction) -> Decimal:
    """ln of `number` to 50 digits. Raises ArithmeticError for zero and less."""
    return PRECISE.ln(decimal(number))


def quotient(times: Fraction, part: Decimal, whole_: Decimal) -> Fraction:
    """times · part / whole, to 1e-12."""
    return quantised(PRECISE.multiply(decimal(times), PRECISE.divide(part, whole_)))


def _short(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:39]}…"
