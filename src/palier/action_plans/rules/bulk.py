"""One change made to several actions at once: pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from palier.action_plans.rules.life import Facts
from palier.action_plans.rules.schedule import add_months


class Later(StrEnum):
    """How much later a due date becomes."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    QUARTER = "quarter"


_DAYS = {Later.WEEK: 7, Later.FORTNIGHT: 14}
_MONTHS = {Later.MONTH: 1, Later.QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Sweep:
    """What becomes of each action: `values` replace its facts of the same names, `later` moves its due date,
    `channel` joins its channels. What is not said stays as it is.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    later: Later | None = None
    channel: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.values or self.later or self.channel)

    def over(self, facts: Facts) -> Facts:
        """`facts` after the sweep."""
        after = replace(facts, **self.values)
        if self.later and after.due_on:
            after = replace(after, due_on=_moved(after, self.later))
        if self.channel and self.channel not in after.channels:
            after = replace(after, channels=(*after.channels, self.channel))
        return after


def _moved(facts: Facts, later: Later) -> Any:
    if facts.due_on is None:
        return None
    if later in _DAYS:
        return facts.due_on + timedelta(days=_DAYS[later])
    return add_months(facts.due_on, _MONTHS[later])
