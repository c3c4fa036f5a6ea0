"""Indicators ready to use: what customers go through to be served, and how strong each pillar is. Pure.

Source: docs/method.md#views.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

PILLARS = "P6"
"""The questionnaire whose dimensions are the six pillars of customer experience."""


class Ready(StrEnum):
    """What customers go through, measured by asking them or by counting."""

    EFFORT = "effort"
    HIGH_EFFORT = "high_effort"
    FIRST_CONTACT = "first_contact"
    REPEATED = "repeated"


LESS_IS_BETTER = frozenset({Ready.EFFORT, Ready.HIGH_EFFORT, Ready.REPEATED})


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator in the reader's language: `question` says how it is measured, `source` where from.

    `direction` "up" or "down"; `baseline` where the house knows it.
    """

    key: str
    name: str
    unit: str
    direction: str
    question: str
    source: str
    baseline: Decimal | None = None


def rounded(points: Fraction | None) -> Decimal | None:
    """A score as the baseline of an index: one decimal, half up."""
    if points is None:
        return None
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
