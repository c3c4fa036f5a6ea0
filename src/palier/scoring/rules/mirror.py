"""Mirrored attention: what customers live beside what staff live, theme by theme.

Source: docs/method.md#mirror.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from palier.scoring.rules.agreement import Number, mean

PASS_MEAN = 70
"""The mean of the audits must be above this, in points."""

PASS_EACH = 55
"""No audit may be under this, in points."""


class Audience(StrEnum):
    """Who is asked the same themes."""

    CUSTOMERS = "customers"
    STAFF = "staff"
    LEADERS = "leaders"


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme as each audience lives it, in points; None where that audience was not asked or did not answer."""

    name: str
    points: Mapping[Audience, Fraction]

    @property
    def gap(self) -> Fraction | None:
        """Points between customers and staff, without a sign; None unless both answered."""
        customers, staff = self.points.get(Audience.CUSTOMERS), self.points.get(Audience.STAFF)
        return None if customers is None or staff is None else abs(customers - staff)


@dataclass(frozen=True, slots=True)
class Mirror:
    """The themes side by side. `audits` holds each audience's mean over its themes, in points.

    `symmetry` is 100 when customers and staff live the same; None without a theme that both answered.
    """

    themes: tuple[Theme, ...]
    audits: Mapping[Audience, Fraction]
    symmetry: Fraction | None

    @property
    def mean(self) -> Fraction | None:
        """The mean of the audits, each counting once."""
        return mean(list(self.audits.values())) if self.audits else None

    @property
    def under(self) -> tuple[Audience, ...]:
        """Audits that stand too low for the whole to pass."""
        return tuple(audience for audience, points in self.audits.items() if points < PASS_EACH)

    @property
    def passed(self) -> bool | None:
        """Mean above 70 and no audit under 55; None unless both customers and staff were asked."""
        if not {Audience.CUSTOMERS, Audience.STAFF} <= self.audits.keys() or self.mean is None:
            return None
        return self.mean > PASS_MEAN and not self.under


def mirror(asked: Mapping[Audience | str, Mapping[str, Number | None]]) -> Mirror:
    """The mirror of `asked`: points (0 to 100) by theme, by audience; None or absent where not answered.

    Themes keep the order in which they are first met. Raises ValueError for an audience it does not know, and for
    points outside 0 to 100.
    """
    known = {Audience(who): _answered(themes) for who, themes in asked.items()}
    names = dict.fromkeys(name for themes in known.values() for name in themes)
    themes = tuple(
        Theme(name, {who: points[name] for who, points in known.items() if name in points}) for name in names
    )
    gaps = [theme.gap for theme in themes if theme.gap is not None]
    audits = {who: mean(list(points.values())) for who, points in known.items() if points}
    return Mirror(themes, audits, 100 - mean(gaps) if gaps else None)


def _answered(themes: Mapping[str, Number | None]) -> dict[str, Fraction]:
    points = {name: Fraction(value) for name, value in themes.items() if value is not None}
    if not all(0 <= value <= 100 for value in points.values()):
        raise ValueError("points lie between 0 and 100")
    return points
