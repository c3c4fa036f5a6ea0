"""How long a mandate lasts, when its end is recalled, and how a client is handed from one consultant to another."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from palier.accounts.rules import still_leaves

LONGEST_MANDATE = timedelta(days=3 * 366)
"""A mandate ends; a longer one is granted again."""

LONG_MANDATE = timedelta(days=2 * 366)
"""Beyond this the owner is asked whether they meant it: a wrong year is the usual slip."""

NEARLY_OVER = timedelta(days=30)
"""From so long before its end on, a portfolio says that a mandate is ending."""

RECALLED = (timedelta(days=30), timedelta(days=7))
"""How long before the end both sides are written to, once each time."""

ANSWERED_WITHIN = timedelta(days=30)
"""How long the client has to answer the proposal of another consultant."""

OVERLAPS = (0, 7, 14, 30)
"""Days the outgoing consultant may go on beside the new one."""


class Ending(StrEnum):
    """Who brought a mandate to its end before its day."""

    NOT_YET = ""
    """Nobody: it runs, or ran out, or was revoked before this was noted."""
    REVOKED = "revoked"
    GIVEN_BACK = "given_back"
    HANDED_OVER = "handed_over"


class HandOverState(StrEnum):
    """Where a proposal to hand a client over stands. Only `PROPOSED` ever changes."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """Nobody answered within `ANSWERED_WITHIN`, or the mandate ended first."""


def mandate_may_end(on: date, today: date) -> bool:
    """Whether a mandate granted `today` may end on that day."""
    return today <= on <= today + LONGEST_MANDATE


def is_long(on: date, today: date) -> bool:
    """Whether an end so far ahead is asked about once more."""
    return on > today + LONG_MANDATE


def recalled_today(ends_on: date, dated_on: date, today: date) -> timedelta | None:
    """Which reminder of the end leaves `today`, one of `RECALLED`; None when none does.

    `dated_on`: the day on which the end was set. Whoever was told the date after a reminder was due needs none.
    """
    for ahead in RECALLED:
        due = ends_on - ahead
        if dated_on < due and still_leaves(due, today):
            return ahead
    return None


def standing(
    state: HandOverState, proposed_at: datetime, at: datetime, *, mandate_runs: bool
) -> HandOverState:
    """Where a proposal stands at that moment: unanswered for too long, or without its mandate, it has lapsed."""
    open_still = mandate_runs and at < proposed_at + ANSWERED_WITHIN
    return HandOverState.LAPSED if state is HandOverState.PROPOSED and not open_still else state


def outgoing_until(ends_on: date, overlap: int, today: date) -> date | None:
    """The last day of the outgoing mandate, never later than it would have been; None ends it at once."""
    return min(ends_on, today + timedelta(days=overlap)) if overlap else None
