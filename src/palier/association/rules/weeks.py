"""Participation week by week: how many had submitted by the end of each week of a campaign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a campaign, from its opening: counts so far, None for a week still to come."""

    number: int
    ends: date
    invited: int | None
    started: int | None
    submitted: int | None
    last: int | None
    """Submitted by the same week of the campaign before; None where it was over or there was none."""


def weeks_of(opens: date, closes: date) -> int:
    """How many weeks a campaign lasts, the last one begun included."""
    return max(1, -(-((closes - opens).days + 1) // 7))


def by_the_end(opens: date, week: int, days: Iterable[date]) -> int:
    """How many of `days` fall before the end of a week (1 = the first); what was earlier counts too."""
    end = opens + timedelta(days=7 * week)
    return sum(day < end for day in days)


def weeks(
    opens: date,
    closes: date,
    today: date,
    invited: list[date],
    started: list[date],
    submitted: list[date],
    last: tuple[date, date, list[date]] | None = None,
) -> list[Week]:
    """The weeks of a campaign; `last`: opening, close and submissions of the one before."""  # fmt: skip
    found = []
    for number in range(1, weeks_of(opens, closes) + 1):
        begun = opens + timedelta(days=7 * (number - 1)) <= today
        so_far = [
            by_the_end(opens, number, days) if begun else None for days in (invited, started, submitted)
        ]
        before = (
            by_the_end(last[0], number, last[2]) if last and number <= weeks_of(last[0], last[1]) else None
        )
        found.append(
            Week(number, opens + timedelta(days=7 * number - 1), so_far[0], so_far[1], so_far[2], before)
        )
    return found
