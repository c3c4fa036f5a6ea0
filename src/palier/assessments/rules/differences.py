"""Two rounds criterion by criterion, sorted as the reader asks, with the finished work that aimed at each.

Source: docs/method.md#over-time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from palier.assessments.rules.finished import Deed
from palier.assessments.rules.reading import Table
from palier.questionnaires.rules import Criterion
from palier.scoring.rules import Result
from palier.scoring.rules.result import Node


class Order(StrEnum):
    """How the list is sorted; by default the largest move first, either way."""

    CODE = "code"
    BEFORE = "before"
    AFTER = "after"
    CHANGE = "change"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion scored in both rounds. `aimed`: work finished between them that aimed at it, whatever it caused."""

    criterion: Criterion
    before: Node
    after: Node
    aimed: tuple[Deed, ...] = ()

    @property
    def delta(self) -> Fraction:
        """Points gained, or lost when negative."""
        return (self.after.score or Fraction(0)) - (self.before.score or Fraction(0))

    @property
    def steps(self) -> int | None:
        """Levels gained, or lost when negative; None where there is no level."""
        if self.before.level is None or self.after.level is None:
            return None
        return self.after.level - self.before.level


def differences(
    table: Table, before: Result, after: Result, deeds: Iterable[Deed] = ()
) -> tuple[Difference, ...]:
    """Every criterion common to both rounds, in the order of the later one; `table` is its, beside the earlier."""
    common = table.comparison.common if table.comparison else ()
    done = tuple(deeds)
    return tuple(
        Difference(
            part,
            before.node(code),
            after.node(code),
            tuple(deed for deed in done if code in deed.aims),
        )
        for code in common
        if isinstance(part := table.criteria[code].part, Criterion)
    )


def sort_differences(
    rows: Iterable[Difference], order: Order, *, descending: bool = False
) -> list[Difference]:
    """The rows by `order`; among equals the questionnaire's order decides, whichever way."""
    listed = list(rows)
    if order is Order.CODE:
        return listed[::-1] if descending else listed
    return sorted(listed, key=lambda row: _figure(row, order), reverse=descending)


def _figure(row: Difference, order: Order) -> Fraction:
    match order:
        case Order.BEFORE:
            return row.before.score or Fraction(0)
        case Order.AFTER:
            return row.after.score or Fraction(0)
        case Order.CHANGE:
            return row.delta
        case _:
            return abs(row.delta)
