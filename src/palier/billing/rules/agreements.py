"""Agreements by hand: from which day to which, and when their end is told."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HERE = ZoneInfo("Europe/Paris")

TOLD_BEFORE = (30, 60)
"""Days before the end at which the payer is written to, the nearest first."""

LONGEST = timedelta(days=366 * 5)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the staff agree to: an offer from a day to a day, both included. `free`: nothing is invoiced."""

    starts_on: date
    ends_on: date
    quantity: int
    free: bool = False

    @property
    def sound(self) -> bool:
        """Whether it can be: it ends after it begins, within five years, and counts something sensible."""
        return self.starts_on <= self.ends_on <= self.starts_on + LONGEST and 0 <= self.quantity <= 100_000


def begins(day: date) -> datetime:
    """The first moment of a day, in France."""
    return datetime.combine(day, time(), _HERE)


def ends(day: date) -> datetime:
    """The moment from which a day is over, in France."""
    return begins(day + timedelta(days=1))


def year_from(day: date) -> date:
    """The last day of a year that begins on `day`."""
    try:
        return day.replace(year=day.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year + 1, 2, 28)


def reminder_due(ends_on: date, on: date) -> int | None:
    """Which letter is due on a day: 60 or 30 days before the end; None for none."""
    left = (ends_on - on).days
    return next((days for days in TOLD_BEFORE if 0 <= left <= days), None)
