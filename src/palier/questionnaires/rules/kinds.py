"""What an answer to a criterion looks like: one rung, a number, a selection, several rungs, counts.

What a value of each kind is worth in points is in `palier.scoring.rules.kinds`.
Source: docs/method.md#answer-kinds.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from palier.questionnaires.rules.texts import NO_TEXT, Text

PDCA_ROWS = ("plan", "do", "check", "act")
RESULT_ROWS = ("trend", "target", "comparison")


class Kind(StrEnum):
    """The kinds of answers, by the word a file uses."""

    CHOICE = "choice"
    RANGE = "range"
    OPTIONS = "options"
    MATRIX = "matrix"
    PDCA = "pdca"
    RESULTS = "results"
    LADDER = "ladder"
    KPI = "kpi"
    NPS = "nps"


class Curve(StrEnum):
    """How an indicator rises from its floor to its goal."""

    LINEAR = "linear"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Choice:
    """One rung of the criterion's scale."""

    kind: Kind = field(default=Kind.CHOICE, init=False)


@dataclass(frozen=True, slots=True)
class Range:
    """A number from `low` (0 points) to `high` (100 points), the other way round when `inverted`.

    With `step`, only `low`, `low + step`, ... are answers.
    """

    low: Fraction
    high: Fraction
    inverted: bool = False
    step: Fraction | None = None
    unit: Text = NO_TEXT
    kind: Kind = field(default=Kind.RANGE, init=False)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to tick. `weight` may be negative; an exclusive option stands alone ("none of these")."""

    id: str
    label: Text
    weight: Fraction
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """Any number of things to tick: their weight over all positive weight."""

    options: tuple[Option, ...]
    kind: Kind = field(default=Kind.OPTIONS, init=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a matrix, answered with a rung of the criterion's scale."""

    id: str
    label: Text
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Matrix:
    """Several rungs, one a row: a free matrix, the PDCA quartet, or results by trend, target and comparison."""

    rows: tuple[Row, ...]
    kind: Kind = Kind.MATRIX


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which levels are met, each by itself; what counts is the highest one whose lower ones are all met."""

    kind: Kind = field(default=Kind.LADDER, init=False)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure between `floor` (0 points) and `goal` (100), clamped; a goal under the floor: less is better."""

    floor: Fraction
    goal: Fraction
    curve: Curve = Curve.LINEAR
    unit: Text = NO_TEXT
    kind: Kind = field(default=Kind.KPI, init=False)


@dataclass(frozen=True, slots=True)
class NetPromoter:
    """Ratings from 0 to 10: share of 9 and 10 minus share of 0 to 6."""

    kind: Kind = field(default=Kind.NPS, init=False)


CHOICE = Choice()

AnswerKind = Choice | Range | Options | Matrix | Ladder | Indicator | NetPromoter
