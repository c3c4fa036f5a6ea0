"""Links to a document for people outside: how long they work, how far they are, what a marked copy says. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from palier.reports.rules.kinds import Document

LIFETIMES = (1, 7, 30, 90)
"""Days a link may work; whoever needs longer makes another, and looks again at who has it."""

USUAL_LIFETIME = 7
"""Days, where nobody says."""

LONGEST_RECIPIENT = 80
"""Characters of the words that say for whom a link is."""

MOST_LINKS = 50
"""Links of one document that work at the same time."""

MOST_OPENINGS = 60
"""Times one link gives its document within `accounts.rules.WINDOW`."""

KEPT_AFTER = timedelta(days=365)
"""How long a link that is over is still shown with its openings."""


class LinkState(StrEnum):
    """How far a link is."""

    OPEN = "open"
    PREPARING = "preparing"
    """Its marked copy is being made; it gives nothing yet."""
    NOT_MADE = "not made"
    """Its marked copy could not be made; it gives nothing."""
    OVER = "over"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody sets when they share. `recipient` is for whom, in one line; no password where it is empty."""

    recipient: str
    days: int = USUAL_LIFETIME
    password: str = ""
    marked: bool = False


def one_line(text: str) -> str:
    """`text` without line ends, tabs, doubled blanks or characters nobody sees, as it stands across a page."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def end_of(made: datetime, days: int, mandate_ends: date | None = None) -> datetime:
    """The moment a link stops: `days` after `made`, and no later than the last day of a consultant's mandate (UTC)."""
    end = made + timedelta(days=days)
    if mandate_ends is None:
        return end
    return min(end, datetime.combine(mandate_ends + timedelta(days=1), time(), UTC))


def marked(document: Document, words: str) -> Document:
    """The same document with `words` across every page; nothing else of it changes."""
    return replace(document, options=replace(document.options, watermark=words))
