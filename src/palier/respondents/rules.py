"""When those who still have something to answer in a round are reminded. Source: docs/answering.md#reminders."""

from datetime import date, timedelta
from enum import StrEnum

from palier.accounts.rules import still_leaves


class Rhythm(StrEnum):
    """When those who still have something to answer are reminded of a round."""

    OFF = "off"
    WEEKLY = "weekly"
    """Every Monday."""
    BEFORE = "before"
    """Once, so many days before one's own date or the round's."""


SHORTEST, LONGEST = 1, 60
"""Days before the date."""


def occasion_of(rhythm: Rhythm, days: int, due_on: date | None, today: date) -> date | None:
    """The day whose reminder is sent `today`, None where none is.

    Weekly: the Monday of the week. Before: `days` days ahead of the date; without a date, never.
    """
    match rhythm:
        case Rhythm.WEEKLY:
            day = today - timedelta(days=today.weekday())
        case Rhythm.BEFORE if due_on is not None:
            day = due_on - timedelta(days=days)
        case _:
            return None
    return day if still_leaves(day, today) else None


def date_for(own: date | None, closes_on: date | None) -> date | None:
    """The date somebody works towards: their own, else the round's closing date."""
    return own or closes_on
