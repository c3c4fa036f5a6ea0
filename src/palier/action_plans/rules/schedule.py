"""The first draft of a plan: the best suggestions, dated. People edit it before they confirm.

Source: docs/method.md#plans.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
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
    """The `first` best as dated actions; a lever that requires another suggestion brings it along, ahead of it."""
    return schedule(_choose(suggestions, first), today)


def schedule(chosen: Sequence[Suggestion], today: date) -> list[Draft]:
    """All of `chosen`, dated: two start next Monday, two more a month later, and so on.

    A lever that requires another one of them comes after it, and starts when that one is due.
    """
    drafts: dict[str, Draft] = {}
    for position, suggestion in enumerate(_choose(chosen, len(chosen))):
        start = monday_after(add_months(today, position // _AT_ONCE))
        due = [monday_after(drafts[name].due_on) for name in suggestion.lever.requires if name in drafts]
        start = max([start, *due])
        drafts[suggestion.lever.id] = Draft(suggestion, start, add_months(start, suggestion.lever.months))
    return list(drafts.values())


def _choose(suggestions: Sequence[Suggestion], most: int) -> list[Suggestion]:
    """The best, each after what it requires; one whose requirements no longer fit gives way to the next."""
    by_id = {one.lever.id: one for one in suggestions}
    chosen: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        wanted = [name for name in _with_requirements(suggestion.lever.id, by_id) if name not in chosen]
        if len(chosen) + len(wanted) <= most:
            chosen |= {name: by_id[name] for name in wanted}
    return list(chosen.values())


def _with_requirements(name: str, by_id: Mapping[str, Suggestion], above: tuple[str, ...] = ()) -> list[str]:
    """`name` after everything it requires among the suggestions; what is not suggested is done or not wanted."""
    ahead: list[str] = []
    for required in by_id[name].lever.requires:
        if required in by_id and required not in (*above, name):
            ahead += _with_requirements(required, by_id, (*above, name))
    return [*dict.fromkeys(ahead), name]


def monday_after(day: date) -> date:
    """The Monday after `day`."""
    return day + timedelta(days=7 - day.weekday())


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
