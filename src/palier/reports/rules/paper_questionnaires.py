"""A questionnaire on paper, to be filled by hand in a meeting or on a site without a screen, or on screen without access. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from palier.assessments.rules.value_fields import TICKED
from palier.reports.rules.documents import Cover, Provenance
from palier.reports.rules.options import PLAIN, Options

WIDEST_GRID = 8
"""Rungs that stand side by side in a table; with more, a level is written in figures."""

TALLEST_WHOLE = 4200
"""Characters of a criterion that are kept on one page; a longer one may break."""

_A_LINE = 60
"""What a line of the page counts, whatever stands on it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box to tick. `number` is the rung, where it is one; `last` says that it was the answer of the last round.

    `part` names the field of a form it belongs to, and `means` what that holds when it is ticked.
    """

    label: str
    text: str = ""
    number: int | None = None
    last: bool = False
    part: str = ""
    means: str = TICKED


@dataclass(frozen=True, slots=True)
class Field:
    """A figure to write, with its unit. `part` names the field of a form it is."""

    label: str
    unit: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line of a grid; `last` is the rung of the last round, `part` the field of a form it is."""

    label: str
    last: int | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines answered with one rung each; `rungs` are the names of the rungs, from the first."""

    rungs: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What was answered in the last round, in words, and why; both as they were written."""

    words: str
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion as it is asked on paper; only what its kind of answer needs is there."""

    code: str
    label: str
    question: str
    hint: str
    covers: str = ""
    conditions: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    fields: tuple[Field, ...] = ()
    grid: Grid | None = None
    examples: tuple[str, ...] = ()
    last: LastAnswer | None = None
    by_rung: bool = True
    """Whether it is answered by choosing a rung: then that, and why it is not chosen, are one choice."""

    @property
    def is_tall(self) -> bool:
        """Whether it may take more than a page, and so must be let break."""
        texts = [self.label, self.covers, self.hint, *self.conditions, *self.examples]
        texts += [part for box in self.boxes for part in (box.label, box.text)]
        texts += [row.label for row in self.grid.rows] if self.grid else []
        if self.last:
            texts.append(self.last.rationale)
        return sum(len(text) + _A_LINE for text in texts if text) > TALLEST_WHOLE


@dataclass(frozen=True, slots=True)
class Section:
    """An element with its criteria."""

    code: str
    label: str
    criteria: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A dimension with its elements."""

    code: str
    label: str
    sections: tuple[Section, ...]

    @property
    def criteria(self) -> int:
        """How many criteria it asks."""
        return sum(len(section.criteria) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Fillable:
    """What makes of the paper a form to be filled on screen: its mark, and what its fields hold at first, by name."""

    mark: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperQuestionnaire:
    """A questionnaire to be filled by hand, or on screen where there is a `form`.

    `cover.round` is the round it is for, or the version where it is for none.
    `last_round` names the round whose answers are shown; empty: none are. `draft`: it is not published yet.
    """

    cover: Cover
    introduction: str
    minutes: int
    parts: tuple[Part, ...]
    provenance: Provenance
    last_round: str = ""
    draft: bool = False
    options: Options = PLAIN
    form: Fillable | None = None
    plan: ClassVar[None] = None
    """A questionnaire holds no action plan."""

    @property
    def criteria(self) -> int:
        """How many criteria it asks."""
        return sum(part.criteria for part in self.parts)
