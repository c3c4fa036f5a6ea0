"""What somebody asks for when they ask for a document."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from palier.reports.rules.letterheads import HOUSE_LOOK, Look
from palier.reports.rules.options import PLAIN, Options


class Kind(StrEnum):
    """Which document."""

    RESULTS = "results"
    """The results of a round, with the plan drawn from them where one is chosen."""
    BOARD = "board"
    """The same on two pages, for a board."""
    SLIDES = "slides"
    """The same as a presentation that can be changed."""
    PLAN = "plan"
    """The action plan alone."""
    ACTION = "action"
    """One action on one page."""
    CERTIFICATE = "certificate"
    """That a round was submitted, on one page."""
    PAPER = "paper"
    """A questionnaire to be filled by hand."""


class Fill(StrEnum):
    """How a questionnaire is filled in."""

    HAND = "hand"
    SCREEN = "screen"
    """In the fields of the file, which are empty."""
    ANSWERS = "answers"
    """The same, from the answers so far."""


@dataclass(frozen=True, slots=True)
class Print:
    """Which questionnaire is put on paper: that of the wish's round, else one that is offered, else a file of one's own.

    `dimensions` are codes; none of them means all. `last_answers` prints what the round before answered.
    """

    offered: str = ""
    own: UUID | None = None
    dimensions: tuple[str, ...] = ()
    last_answers: bool = False
    fill: Fill = Fill.HAND


@dataclass(frozen=True, slots=True)
class Wish:
    """A document, in a language. `assessment` and `plan` are addresses of the organisation's; empty means none.

    `action` is an action's id, for its sheet alone.
    """

    kind: Kind
    locale: str
    assessment: str = ""
    plan: str = ""
    benchmark: bool = True
    action: UUID | None = None
    options: Options = PLAIN
    look: Look = HOUSE_LOOK
    score: bool = False
    """Whether a certificate shows the result."""
    paper: Print = Print()
