"""Cells: how many of one sealed batch answered each tenth of a point. Figures are read off their sums, and off nothing else.

A batch's cells hold each variable by itself: not who, nor which answers were given together. Source: docs/benchmarks.md#cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from palier.benchmarks.rules.contributions import GRID, MISSING
from palier.benchmarks.rules.sealing import Seat
from palier.foundation.later import Later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

STEPS = 100 * GRID + 1
"""Places on the grid, from 0 to 100 points."""

_STORED = [("variable", "<u2"), ("tenth", "<u2"), ("answers", "<u4")]

_ANSWERS = 32
"""Bits beside a place that hold its answers while both are put in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of one batch that are not empty, in order."""

    places: NDArray[np.int64]
    """variable * STEPS + tenth, ascending; variables are numbered in the order of the edition."""
    answers: NDArray[np.int64]
    """How many gave it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cells) and self.stored() == other.stored()

    def __hash__(self) -> int:
        return hash(self.stored())

    def stored(self) -> bytes:
        """As kept: variable, tenth and answers of each cell, two, two and four bytes, the least first."""
        lines = np.empty(len(self.places), dtype=_STORED)
        lines["variable"], lines["tenth"] = np.divmod(self.places, STEPS)
        lines["answers"] = self.answers
        return lines.tobytes()


def read_cells(stored: bytes) -> Cells:
    """Cells as kept. Raises ValueError for what is no row of cells."""
    lines = np.frombuffer(stored, dtype=_STORED)
    places = lines["variable"].astype(np.int64) * STEPS + lines["tenth"]
    if (np.diff(places) <= 0).any() or (lines["tenth"] >= STEPS).any() or (lines["answers"] == 0).any():
        raise ValueError("cells are not in order")
    return Cells(places, lines["answers"].astype(np.int64))


def cells_of(tenths: NDArray[np.int16], k: int) -> Cells:
    """The cells of one batch: `tenths` of shape (variables, members), see contributions.on_grid.

    A variable with fewer than k answers leaves none: it is in no figure, so it is not kept either.
    """
    given = tenths != MISSING
    given &= (given.sum(axis=1) >= k)[:, None]
    variables, _ = np.nonzero(given)
    places, answers = np.unique(variables * STEPS + tenths[given], return_counts=True)
    return Cells(places.astype(np.int64), answers.astype(np.int64))


def cells_of_batches(seats: Sequence[Seat], tenths: NDArray[np.int16], k: int) -> tuple[Cells, ...]:
    """Those of every batch: `seats` batch by batch (1, 2, ...), one column of `tenths` each."""
    sizes = [len(list(mates)) for _, mates in groupby(seat.batch for seat in seats)]
    ends = np.cumsum(np.array(sizes, dtype=np.int64))
    return tuple(cells_of(part, k) for part in np.split(tenths, ends[:-1], axis=1))


@dataclass(frozen=True, slots=True)
class Sum:
    """The cells of several batches added up, each variable on a line of its own."""

    places: NDArray[np.int64]
    answers: NDArray[np.int64]
    counts: NDArray[np.int64]
    """Answers to each variable."""

    def ranked(self, variables: NDArray[np.int64], n: int) -> NDArray[np.float64]:
        """All n answers to each of these variables in ascending order, in tenths: shape (variables, n)."""
        places, answers = self._of(variables)
        return np.repeat(places % STEPS, answers).reshape(len(variables), n).astype(np.float64)

    def steps(self, variable: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The tenths given to one variable, ascending, and how many gave each of them or less."""
        places, answers = self._of(np.array([variable]))
        return (places % STEPS).astype(np.float64), np.cumsum(answers)

    def _of(self, variables: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if len(variables) == len(self.counts):
            return self.places, self.answers
        starts = np.searchsorted(self.places, variables * STEPS)
        ends = np.searchsorted(self.places, (variables + 1) * STEPS)
        if len(variables) == 1:
            return self.places[starts[0] : ends[0]], self.answers[starts[0] : ends[0]]
        chosen = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
        return self.places[chosen], self.answers[chosen]


def add_up(cells: Iterable[Cells], variables: int) -> Sum:
    """The cells of several batches as one: additive, whatever their order."""
    parts = list(cells)
    places = np.concatenate([part.places for part in parts])
    answers = np.concatenate([part.answers for part in parts])
    if len(places) < variables * STEPS // 2:  # few: put in order, a place may come twice
        both = np.sort((places << _ANSWERS) | answers)
        places, answers = both >> _ANSWERS, both & ((1 << _ANSWERS) - 1)
    else:
        added = np.bincount(places, weights=answers, minlength=variables * STEPS)
        places = np.flatnonzero(added)
        answers = added[places].astype(np.int64)
    counts = np.bincount(places // STEPS, weights=answers, minlength=variables)
    return Sum(places, answers, counts.astype(np.int64))


def exchanged(added: Sum, before: Iterable[Cells], after: Iterable[Cells]) -> Sum:
    """A sum in which the cells `before` of some batches, which are part of it, gave way to those `after`."""
    variables = len(added.counts)
    # Added, not set: in a small sum a place may come twice.
    whole = np.bincount(added.places, weights=added.answers, minlength=variables * STEPS).astype(np.int64)
    for one in before:
        whole[one.places] -= one.answers
    for one in after:
        whole[one.places] += one.answers
    if (whole < 0).any():
        raise ValueError("cells that were no part of the sum")
    counts = whole.reshape(variables, STEPS).sum(axis=1)
    places = np.flatnonzero(whole)
    return Sum(places, whole[places], counts)


def touched(before: Iterable[Cells], after: Iterable[Cells]) -> NDArray[np.int64]:
    """The variables whose cells differ between two lots of the same batches, in order."""
    pairs = zip(before, after, strict=True)
    places = [np.setxor1d(_cell(one), _cell(other)) >> _ANSWERS for one, other in pairs]
    return np.unique(np.concatenate(places) // STEPS) if places else np.array([], dtype=np.int64)


def _cell(one: Cells) -> NDArray[np.int64]:
    """Place and answers in one number."""
    return (one.places << _ANSWERS) | one.answers
