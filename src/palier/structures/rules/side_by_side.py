"""Shared figures of a group, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation of the group. `shows`: whether it shows the others at least one figure."""

    id: UUID
    name: str
    since: date
    shows: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """One member's indicator. `readings`: day and value, oldest first."""

    organisation_id: UUID
    heading: str
    name: str
    unit: str
    rising: bool
    baseline: Decimal | None
    target: Decimal | None
    due_on: date | None
    readings: tuple[tuple[date, Decimal], ...]

    @property
    def latest(self) -> Decimal | None:
        """The last reading."""
        return self.readings[-1][1] if self.readings else None

    @property
    def moved(self) -> Decimal | None:
        """From the baseline, else the first reading, to the last; None without two figures."""
        if not self.readings or (self.baseline is None and len(self.readings) < 2):
            return None
        start = self.readings[0][1] if self.baseline is None else self.baseline
        return self.readings[-1][1] - start


@dataclass(frozen=True, slots=True)
class Scores:
    """What a member shows of its last round on the group's questionnaire: points by code; absent where not shown."""

    organisation_id: UUID
    round_name: str
    submitted_on: date
    level: int | None
    points: Mapping[str, Fraction | None]


def by_heading(indicators: Iterable[Indicator]) -> dict[str, list[Indicator]]:
    """Indicators under the heading the members gave them; spelt in capitals or not, it is one heading."""
    found: dict[str, list[Indicator]] = {}
    names: dict[str, str] = {}
    for one in sorted(indicators, key=lambda one: (one.heading.casefold(), str(one.organisation_id))):
        name = names.setdefault(one.heading.strip().casefold(), one.heading.strip())
        found.setdefault(name, []).append(one)
    return found
