"""The first draft of a plan: the best suggestions, dated. People edit it before they confirm.

Source: docs/method.md#plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from palier.action_plans.rules.suggestions import Suggestion

FIRST = 5
"""How many suggestions become actions when a plan is generated."""

_AT_ONCE = 2
"""How many actions start together; the next ones a month later."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A suggestion with the dates proposed for it."""

    suggestion: Suggestion
    starts_on: date
    due_on: date


def generate(suggestions: Sequence[Suggestion], today: date, first: int = FIRST) -> list[Draft]:
    """The `first` suggestions as dated actions: two start next Monday, two more a month later, and so on.

    A lever that requires another of the draft starts when that one is due.
    """
    drafts: dict[str, Draft] = {}
    for position, suggestion in enumerate(_requirements_first(suggestions[:first])):
        start = _monday(add_months(today, position // _AT_ONCE))
        start = max(
            [start, *(_monday(drafts[name].due_on) for name in suggestion.lever.requires if name in drafts)]
        )
        drafts[suggestion.lever.id] = Draft(suggestion, start, add_months(start, suggestion.lever.months))
    return list(drafts.values())


def _requirements_first(suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    ordered: list[Suggestion] = []
    waiting = list(suggestions)
    while waiting:
        open_ids = {one.lever.id for one in waiting}
        ready = next((one for one in waiting if not open_ids & set(one.lever.requires)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _monday(day: date) -> date:
    """The Monday after `day`."""
    return day + timedelta(days=7 - day.weekday())


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
