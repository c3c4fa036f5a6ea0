"""Asking a colleague without an account about one criterion: how long a link works, how far it is, what is kept. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from palier.assessments.rules.drafts import Draft

LIFETIMES = (3, 7, 14, 30, 60)
"""Days a link may work."""

USUAL_LIFETIME = 14
"""Days, where nobody says."""

LONGEST = {"name": 80, "note": 500, "rationale": 4_000}
"""Characters of what is asked and of what is said; less than an answer's, so that both stand in one."""

MOST_LINKS = 20
"""Links to one criterion that work at the same time."""


class LinkState(StrEnum):
    """How far a link is."""

    OPEN = "open"
    CLOSED = "closed"
    """The round takes no answer any more; the link says so."""
    OVER = "over"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to ask, in one line; where to write to, or nowhere; a word for them; for how many days."""

    name: str
    email: str = ""
    note: str = ""
    days: int = USUAL_LIFETIME


def one_line(text: str) -> str:
    """`text` without line ends, tabs, doubled blanks or characters nobody sees."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def end_of(made: datetime, days: int, mandate_ends: date | None = None) -> datetime:
    """The moment a link stops: `days` after `made`, and no later than the last day of a consultant's mandate (UTC)."""
    end = made + timedelta(days=days)
    return min(end, _after(mandate_ends)) if mandate_ends else end


def closing_of(made: datetime, closes_on: date | None) -> datetime | None:
    """The moment the round's last day is over; None without one, or where the round goes on after it."""
    moment = _after(closes_on) if closes_on else None
    return moment if moment and moment > made else None


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def state_of(
    moment: datetime, *, expires: datetime, closes: datetime | None, revoked: datetime | None
) -> LinkState:
    """How far a link is at `moment`."""
    if revoked is not None:
        return LinkState.REVOKED
    if expires <= moment:
        return LinkState.OVER
    return LinkState.CLOSED if closes is not None and closes <= moment else LinkState.OPEN


def taken(answer: Draft, said: Draft) -> Draft:
    """`answer` with what a colleague said: their choice, and their words under those already there."""
    words = [answer.rationale] if answer.rationale else []
    if said.rationale and said.rationale not in answer.rationale:
        words.append(said.rationale)
    return replace(
        answer, state=said.state, level=said.level, value=said.value, reason=said.reason, rationale="\n\n".join(words)
    )  # fmt: skip


def source_of(name: str) -> str:
    """What the history of an answer keeps of where it came from (`from_file` in macros/answer.html reads it)."""
    return f"asked of {name}"
