"""Levers: actions worth a line in a plan, with the ladder steps they serve and the figure that tells.

Source: docs/method.md#plans.
"""

from dataclasses import dataclass
from enum import StrEnum

from palier.questionnaires.rules.texts import Text, Texts


class Direction(StrEnum):
    """Which way an indicator improves."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a criterion's ladder that a lever serves."""

    criterion: str
    from_level: int
    to_level: int

    def applies(self, level: int) -> bool:
        """Whether the lever helps a criterion now at `level`."""
        return self.from_level <= level < self.to_level


@dataclass(frozen=True, slots=True)
class Kpi:
    """The indicator that tells whether a lever works."""

    name: Text
    unit: Text
    direction: Direction


@dataclass(frozen=True, slots=True)
class Lever:
    """An action worth a line in a plan. Effort 1 to 5; months until it shows an effect."""

    id: str
    title: Text
    steps: Texts
    effort: int
    months: int
    serves: tuple[Step, ...]
    kpi: Kpi
    requires: tuple[str, ...]
    element_code: str

    def applies(self, criterion: str, level: int) -> bool:
        """Whether this lever serves `criterion` when it stands at `level`."""
        return any(step.criterion == criterion and step.applies(level) for step in self.serves)
