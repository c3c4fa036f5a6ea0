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
    PLAN = "plan"
    """The action plan alone."""
    ACTION = "action"
    """One action on one page."""


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
