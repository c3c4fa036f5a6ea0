"""The content of a bulletin: a published edition as a network hands it to its members. Published figures only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from palier.reports.rules.documents import Cover, Quartiles
from palier.reports.rules.options import PLAIN, Options


@dataclass(frozen=True, slots=True)
class BulletinRow:
    """A variable over the whole network. `size`: the band of n in words; `moved`: whole points since the edition before."""

    code: str
    label: str
    size: str
    quartiles: Quartiles | None
    moved: int | None = None
    heading: bool = False
    """Whether it is the whole or a dimension, with its elements under it."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A published family of sectors: its band of n in words, and its median of each column, in whole points."""

    label: str
    size: str
    medians: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A published edition. `cover.organisation` is the network, `cover.round` the edition."""

    cover: Cover
    size: str
    """How many took part: a band, in words; empty where even that is not published."""
    k: int
    rows: tuple[BulletinRow, ...]
    columns: tuple[tuple[str, str], ...]
    """Code and name of the variables set side by side by family."""
    families: tuple[FamilyRow, ...]
    unseen: tuple[str, ...]
    """Families of sectors without published figures."""
    questionnaire: str
    licence: str
    fingerprint: str
    before: str = ""
    """The name of the edition before, where there is one; `before_on` is its day."""
    before_on: date | None = None
    correction: str = ""
    """Of an erratum: what it corrects and why."""
    options: Options = PLAIN
    plan: ClassVar[None] = None
    """A bulletin holds no action plan."""

    @property
    def shown(self) -> tuple[BulletinRow, ...]:
        """The rows with published figures."""
        return tuple(row for row in self.rows if row.quartiles)

    @property
    def hidden(self) -> tuple[BulletinRow, ...]:
        """The rows too few have answered."""
        return tuple(row for row in self.rows if row.quartiles is None)

    @property
    def changes(self) -> tuple[BulletinRow, ...]:
        """What the page of movement lists: the whole and the dimensions, then the elements that moved most."""
        whole = tuple(row for row in self.shown if row.heading and row.moved is not None)
        return (*whole, *(row for row in self.movers if not row.heading))

    @property
    def movers(self) -> tuple[BulletinRow, ...]:
        """The elements whose median moved by 2 points or more, the largest change first, ten at most."""
        moved = [row for row in self.shown if row.moved is not None and abs(row.moved) >= LEAST_MOVE]
        moved = [row for row in moved if not row.heading] or moved
        return tuple(sorted(moved, key=lambda row: -abs(row.moved or 0))[:10])


LEAST_MOVE = 2
"""Whole points: under two, a difference of two rounded figures may be rounding alone."""
