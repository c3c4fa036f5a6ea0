"""How a document is dressed and which of its parts it holds: nothing here changes a figure."""

from dataclasses import dataclass
from enum import StrEnum


class PageSize(StrEnum):
    """The paper."""

    A4 = "a4"
    LETTER = "letter"


class People(StrEnum):
    """How the people of the organisation are named."""

    NAMES = "names"
    ROLES = "roles"
    """Owner, sponsor, contributor: no name of a person anywhere, the file's own data included."""


class Mark(StrEnum):
    """The confidentiality mark, on every page."""

    NONE = "none"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"


class Section(StrEnum):
    """A part of the full report that can be left out."""

    SUMMARY = "summary"
    SCORE = "score"
    ELEMENTS = "elements"
    CRITERIA = "criteria"
    PRIORITIES = "priorities"
    PLAN = "plan"
    METHOD = "method"


LONGEST_FOOTER = 120
"""Characters of a footer: one line of the narrower paper."""


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody chooses about a document. `sections` holds those that are printed; none means all of them."""

    page: PageSize = PageSize.A4
    people: People = People.NAMES
    mark: Mark = Mark.NONE
    footer: str = ""
    sections: tuple[Section, ...] = ()
    watermark: str = ""
    """Across every page of a copy that leaves the organisation: for whom it is. Not asked for on the form."""

    def shows(self, section: Section) -> bool:
        """Whether the document holds `section`."""
        return not self.sections or section in self.sections


PLAIN = Options()
"""What nobody chose anything about."""
