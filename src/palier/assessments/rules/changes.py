"""What moved from one round to another, criterion by criterion. Source: docs/method.md#rounds."""

from dataclasses import dataclass

from palier.assessments.rules.reading import Table
from palier.questionnaires.rules import Criterion
from palier.scoring.rules import Result


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A criterion scored in both rounds, with its level in each, counted from 1."""

    criterion: Criterion
    before: int
    after: int

    @property
    def steps(self) -> int:
        """Levels gained, or lost when negative."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class LevelChanges:
    """The criteria whose level moved, largest move first, and how many stayed."""

    moved: tuple[LevelChange, ...]
    unchanged: int

    @property
    def up(self) -> int:
        """How many criteria rose."""
        return sum(change.steps > 0 for change in self.moved)

    @property
    def down(self) -> int:
        """How many criteria fell."""
        return len(self.moved) - self.up


def level_changes(table: Table, before: Result, after: Result) -> LevelChanges:
    """Levels over the criteria common to both rounds; `table` is the later round's, beside the earlier."""
    common = table.comparison.common if table.comparison else ()
    changes = [
        LevelChange(criterion, then, now)
        for code in common
        if isinstance(criterion := table.criteria[code].part, Criterion)
        and (then := before.node(code).level) is not None
        and (now := after.node(code).level) is not None
    ]
    moved = sorted((change for change in changes if change.steps), key=lambda change: -abs(change.steps))
    return LevelChanges(tuple(moved), len(changes) - len(moved))
