"""A parent's units side by side in one year: each unit's scores, the figures of all together, where they differ most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.result import TOTAL
from palier.scoring.rules.rollup import Part, Rolled, roll_up, weights


@dataclass(frozen=True, slots=True)
class Scored:
    """One submitted round as far as a parent reads it: points by code, from the whole down to elements."""

    assessment_id: UUID
    name: str
    definition_hash: str
    scope: tuple[str, ...]
    year: int
    submitted_at: datetime | None
    level: int | None
    scores: Mapping[str, Fraction | None]

    @property
    def total(self) -> Fraction | None:
        """Points of the whole."""
        return self.scores.get(TOTAL)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, or the parent itself, in one year: its last submitted round there, and the one of an earlier year."""

    unit_id: UUID | None
    name: str
    kind: str
    place: str
    weight: int | None
    answers_open: bool
    shown: Scored | None
    before: Scored | None

    @property
    def change(self) -> Fraction | None:
        """Points gained since the earlier round; None unless both asked exactly the same."""
        now, then = self.shown, self.before
        if now is None or then is None or now.total is None or then.total is None:
            return None
        asked_alike = (now.definition_hash, now.scope) == (then.definition_hash, then.scope)
        return now.total - then.total if asked_alike else None

    def score(self, code: str) -> Fraction | None:
        """Points of the whole ("total"), a dimension or an element; None where there is none."""
        return self.shown.scores.get(code) if self.shown else None


def line_in(year: int, rounds: Sequence[Scored]) -> tuple[Scored | None, Scored | None]:
    """The last round of `year` and the last of any year before. `rounds`: oldest first."""
    shown = next((one for one in reversed(rounds) if one.year == year), None)
    before = next((one for one in reversed(rounds) if one.year < year), None)
    return shown, before


@dataclass(frozen=True, slots=True)
class Overview:
    """The table of one questionnaire and one year. The parent's own round stands beside: it is in no figure of the units."""

    questionnaire: Questionnaire
    year: int
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    own: Line | None = None

    @property
    def weighted(self) -> bool:
        """Whether every unit has a weight, so that weights count."""
        return bool(self.lines) and all(line.weight for line in self.lines)

    @property
    def codes(self) -> tuple[str, ...]:
        """The whole, then each dimension with its elements, in order."""
        parts = [
            code
            for dimension in self.questionnaire.dimensions
            for code in (dimension.code, *(element.code for element in dimension.elements))
        ]
        return (TOTAL, *parts)

    def rolled(self, code: str) -> Rolled:
        """The units together: see `scoring.rules.rollup`."""
        weigh = weights({str(place): line.weight for place, line in enumerate(self.lines)})
        return roll_up(Part(line.score(code), weigh[str(place)]) for place, line in enumerate(self.lines))

    def rung(self, score: Fraction) -> int:
        """The maturity level whose range a score lies in, 1 to 5; gates aside."""
        return max(1, sum(level.start <= score for level in self.questionnaire.levels))

    @property
    def lowest_element(self) -> str | None:
        """The element whose figure is the lowest; the first in order of two alike."""
        found = {element.code: self.rolled(element.code).score for element in self.questionnaire.elements}
        scored = {code: score for code, score in found.items() if score is not None}
        return min(scored, key=lambda code: scored[code]) if scored else None

    @property
    def widest_element(self) -> str | None:
        """The element in which the units are furthest apart; None with fewer than two units scored."""
        found = {element.code: self.rolled(element.code) for element in self.questionnaire.elements}
        spread = {code: one.spread for code, one in found.items() if one.counted > 1 and one.spread}
        return max(spread, key=lambda code: spread[code] or 0) if spread else None
