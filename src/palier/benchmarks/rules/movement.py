"""What moved between two editions: read from their published figures."""

from dataclasses import dataclass

from palier.benchmarks.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Movement:
    """Change of one variable's published figures between two editions: whole points, later minus earlier."""

    variable: str
    q1: int
    median: int
    q3: int


def movers(before: Standing, after: Standing) -> tuple[Movement, ...]:
    """What moved in a cohort, the largest change of the median first; () unless both answer the same cohort.

    Compares published figures only, so that it tells nothing they do not.
    """
    if before.cohort is None or before.cohort != after.cohort:
        return ()
    both = sorted(before.figures.keys() & after.figures.keys())
    moved = [found for variable in both if (found := _movement(variable, before, after))]
    return tuple(sorted(moved, key=lambda movement: (-abs(movement.median), movement.variable)))


def _movement(variable: str, before: Standing, after: Standing) -> Movement | None:
    old, new = before.figures[variable], after.figures[variable]
    if old.q1 is None or old.median is None or old.q3 is None:
        return None
    if new.q1 is None or new.median is None or new.q3 is None:
        return None
    return Movement(variable, new.q1 - old.q1, new.median - old.median, new.q3 - old.q3)
