"""How long what is kept: the usual time, the shortest and the longest an organisation may choose, in days."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kept(StrEnum):
    """What goes by itself after a time."""

    DRAFTS = "drafts"
    """Rounds nobody touched and nobody submitted."""
    EVIDENCE = "evidence"
    """Evidence past its last day, and shown in no submitted round."""
    COMMENTS = "comments"
    """Comments and files beside actions that are done."""
    DOCUMENTS = "documents"
    """Documents that were made; their codes can still be checked."""
    TRAIL = "trail"
    """Details of the audit trail: who, when and what stay, with the chain."""


@dataclass(frozen=True, slots=True)
class Term:
    """Days: what is usual, the fewest and the most that can be chosen."""

    usual: int
    fewest: int
    most: int

    def holds(self, days: int) -> bool:
        """Whether an organisation may choose so many days."""
        return self.fewest <= days <= self.most


_YEAR = 365

TERMS: Final[Mapping[Kept, Term]] = {
    Kept.DRAFTS: Term(3 * _YEAR, 180, 10 * _YEAR),
    Kept.EVIDENCE: Term(5 * _YEAR, 90, 10 * _YEAR),
    Kept.COMMENTS: Term(3 * _YEAR, 90, 10 * _YEAR),
    Kept.DOCUMENTS: Term(5 * _YEAR, 180, 10 * _YEAR),
    Kept.TRAIL: Term(5 * _YEAR, _YEAR, 10 * _YEAR),
}
"""Chosen for an assessment that is repeated each year and compared over three to five rounds; docs/privacy.md says why."""

LETTERS, BROUGHT, SIGN_INS = 90, _YEAR, _YEAR
"""The same for everybody, in days: a letter that was sent; that a workbook was brought back, and what it did; what the
trail of the platform says of sign-ins beyond that they were."""


EVENTS = 90
"""Days for which what Stripe told is kept as it was signed, once it was dealt with."""

INVOICES = 10
"""Years for which invoices are kept (Code de commerce, article L123-22): nobody may choose less."""


def terms_of(chosen: Mapping[str, int]) -> dict[Kept, int]:
    """The days that hold for an organisation: what it chose where it may, the usual ones elsewhere."""
    found = {}
    for kept, term in TERMS.items():
        days = chosen.get(kept, term.usual)
        found[kept] = days if term.holds(days) else term.usual
    return found


def wrong_terms(asked: Mapping[Kept, int | None]) -> list[Kept]:
    """Those that are no number, too short or too long."""
    return [kept for kept, days in asked.items() if days is None or not TERMS[kept].holds(days)]
