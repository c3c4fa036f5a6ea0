"""An erratum from what was kept of its original: the cells of its batches and the text of its rows. Nothing else is read.

What it computes is what changed. Source: docs/benchmarks.md#errata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.benchmarks.rules.cells import Cells, add_up, exchanged, touched
from palier.benchmarks.rules.fingerprint import Told, fingerprint, told
from palier.benchmarks.rules.release import Five, Row, figures_of, rows_of
from palier.foundation.later import Later

if TYPE_CHECKING:
    import numpy as np
else:
    np = Later("numpy")


class Differs(ValueError):
    """What was kept does not give the figures that were published."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A published edition as its erratum needs it."""

    k: int
    priority: Sequence[str]
    variables: Sequence[str]
    told: Sequence[Told]
    """Of every cohort, in the order of their keys."""
    cells: Sequence[Cells]
    """Of every batch, in order."""

    def fingerprint(self) -> str:
        """Of the edition as it was published."""
        return fingerprint(self.k, self.priority, self.told)


@dataclass(frozen=True, slots=True)
class Corrected:
    """An erratum: what differs from the edition it corrects, and the fingerprint of the whole of it."""

    changed: Mapping[str, tuple[Row, ...]]
    """By cohort, those whose batches hold a correction."""
    fingerprint: str


def corrected(kept: Kept, before: Mapping[int, Cells], after: Mapping[int, Cells]) -> Corrected:
    """The erratum in which the batches numbered in both have the cells `after`, and had those `before`.

    Raises Differs unless `before` is what was kept, and what was kept gives the published figures of every cohort that changes.
    """
    if any(kept.cells[number - 1] != one for number, one in before.items()):
        raise Differs("cells of a batch")
    computed: dict[str, tuple[_Shown, _Shown]] = {}
    changed: dict[str, tuple[Row, ...]] = {}
    for one in kept.told:
        if one.numbers.isdisjoint(after):
            continue
        if one.batches not in computed:
            computed[one.batches] = _both(kept, sorted(one.numbers), before, after)
        was, now = computed[one.batches]
        batches = tuple(sorted(one.numbers))
        if told(rows_of(one.cohort, kept.variables, batches, was)) != one:
            raise Differs(one.cohort)
        changed[one.cohort] = rows_of(one.cohort, kept.variables, batches, now)
    new = (told(changed[one.cohort]) if one.cohort in changed else one for one in kept.told)
    return Corrected(changed, fingerprint(kept.k, kept.priority, new))


_Shown = list[tuple[str, Five]]
"""Of every variable, in order."""


def _both(
    kept: Kept, batches: Sequence[int], before: Mapping[int, Cells], after: Mapping[int, Cells]
) -> tuple[_Shown, _Shown]:
    """What is shown over these batches before and after; variables that no correction touches are computed once."""
    moved = [number for number in batches if number in after]
    out, into = [before[number] for number in moved], [after[number] for number in moved]
    added = add_up((kept.cells[number - 1] for number in batches), len(kept.variables))
    was = figures_of(added, np.arange(len(kept.variables)), kept.k)
    now = was | figures_of(exchanged(added, out, into), touched(out, into), kept.k)
    return list(was.values()), list(now.values())
