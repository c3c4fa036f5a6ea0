"""What the results pages show of a mirror: how customers, staff and leaders live the same themes, whoever asks them.

`mirrors` stands above this room, so it hands its answer down through `Mirrored`; `app.py` connects the two.
Source: docs/method.md#mirror.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, runtime_checkable

from palier.questionnaires.rules.texts import Text
from palier.scoring.rules.mirror import Audience, Mirror, Theme


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme in points, 0 to 100; an audience of which fewer than five answered it is absent."""

    name: Text
    element: str
    points: Mapping[Audience, Fraction]

    @property
    def gap(self) -> Fraction | None:
        """Points between customers and staff, without a sign; None unless both may be told."""
        return Theme(self.element, self.points).gap


@dataclass(frozen=True, slots=True)
class MirrorView:
    """A mirror as it may be shown. `counted` are the people of each audience in whole batches of five, by audience asked."""

    rows: tuple[ThemeRow, ...]
    mirror: Mirror
    counted: Mapping[Audience, int]
    people: str
    """The organisation's word for those it serves, in the plural."""

    @property
    def widest(self) -> ThemeRow | None:
        """The theme customers and staff live most differently; None without one that both answered."""
        known = [row for row in self.rows if row.gap is not None]
        return max(known, key=lambda row: row.gap or 0, default=None)

    @property
    def hidden(self) -> tuple[Audience, ...]:
        """Audiences of which nothing may be told yet."""
        return tuple(audience for audience, people in self.counted.items() if not people)


@runtime_checkable
class Mirrored(Protocol):
    """Asks for the mirror of a round; None where nobody was asked."""

    async def __call__(self, actor: Any, assessment: Any) -> MirrorView | None:
        """`actor` is who looks, `assessment` the round looked at. Call inside `reading(actor)`."""
