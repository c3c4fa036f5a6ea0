"""How far a score can be relied on: what was answered, what evidence carries.

Source: docs/method.md#confidence.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from palier.questionnaires.rules import Grade
from palier.scoring.rules import Node, Result
from palier.scoring.rules.answers import LEAVING, State

EVIDENCED = frozenset({Grade.DOCUMENTED, Grade.MEASURED, Grade.VERIFIED})
"""Grades that somebody else could check."""


class Trust(StrEnum):
    """The two shares in one word."""

    GOOD = "good"
    FAIR = "fair"
    LOW = "low"


_STEPS = (
    (Trust.GOOD, Fraction(95, 100), Fraction(60, 100)),
    (Trust.FAIR, Fraction(80, 100), Fraction(30, 100)),
)
"""Least answered share and least evidenced share of each word."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """Answers by state and by grade of evidence, and what the shares amount to.

    `answered` is the share of what applies, `evidenced` of the answers given, both 0 to 1 by weight;
    None where nothing applies, or nothing is answered.
    """

    answered: Fraction | None
    evidenced: Fraction | None
    states: Mapping[State, int]
    grades: Mapping[Grade, int]
    low_comparability: tuple[str, ...]

    @property
    def trust(self) -> Trust:
        """Good from 95 % answered and 60 % evidenced, fair from 80 % and 30 %, else low."""
        for word, answered, evidenced in _STEPS:
            if (self.answered or 0) >= answered and (self.evidenced or 0) >= evidenced:
                return word
        return Trust.LOW

    @property
    def applicable(self) -> int:
        """How many criteria apply."""
        return sum(count for state, count in self.states.items() if state not in LEAVING)


def confidence(result: Result) -> Confidence:
    """What `result` rests on."""
    leaves = [node for node in result.criteria if node.answer is not None]
    states = Counter(node.answer.state for node in leaves if node.answer)
    return Confidence(
        answered=result.coverage,
        evidenced=evidenced_share(result.criteria),
        states={state: states[state] for state in State},
        grades=_grades(leaves),
        low_comparability=tuple(node.code for node in result.dimensions if node.low_comparability),
    )


def evidenced_share(criteria: Iterable[Node]) -> Fraction | None:
    """Share, 0 to 1 by weight, of the answered criteria whose evidence somebody else could check."""
    answered = [node for node in criteria if node.answer and node.answer.state is State.ANSWERED]
    if not answered:
        return None
    shown = sum(
        (node.weight for node in answered if node.answer and node.answer.grade in EVIDENCED), Fraction(0)
    )
    return shown / sum((node.weight for node in answered), Fraction(0))


def _grades(leaves: Iterable[Node]) -> dict[Grade, int]:
    counted = Counter(
        node.answer.grade for node in leaves if node.answer and node.answer.state is State.ANSWERED
    )
    return {grade: counted[grade] for grade in Grade}
