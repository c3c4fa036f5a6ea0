"""Release rows straight from the scores, cohort by cohort and seat by seat: what figures from cells must equal, byte for byte."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from palier.benchmarks.rules.cohorts import cohort_key, crossings
from palier.benchmarks.rules.contributions import MISSING, on_grid, read_contributions
from palier.benchmarks.rules.edition import Edition
from palier.benchmarks.rules.nearest import nearest_batches
from palier.benchmarks.rules.quartiles import shown_weights, whole_points
from palier.benchmarks.rules.release import NOTHING, UNREPRESENTED, Five, Row
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.thresholds import SMALL_NETWORK, n_band


def direct(edition: Edition, contributions: Iterable[Mapping[str, object]]) -> Edition:
    """`edition` again, over its own seats, from the scores `contributions` give."""
    of_member = {one.member: one for one in read_contributions(contributions)}
    sealed = [of_member[seat.member] for seat in edition.seats]
    variables = tuple(sorted({variable for one in sealed for variable in one.scores}))
    rows = release(edition.seats, on_grid(sealed, variables), variables, edition.priority, edition.k)
    return Edition(edition.k, edition.priority, variables, edition.seats, rows, edition.families)


def release(
    seats: Sequence[Seat],
    tenths: NDArray[np.int16],
    variables: Sequence[str],
    priority: Sequence[str],
    k: int,
) -> dict[str, tuple[Row, ...]]:
    """The rows of each published cohort, by its key, in the order of the keys.

    `seats`: those of the edition, batch by batch (1, 2, ...); `tenths`: shape (variables, seats), see
    contributions.on_grid.
    """
    if not seats:
        return {}
    table = _Table.of(seats, tenths, k)
    computed: dict[tuple[int, ...], list[tuple[str, Five]]] = {}
    rows: dict[str, tuple[Row, ...]] = {}
    cohorts = [*_cohorts(seats, priority), *_nearest(seats, priority, k)]
    for key, batches, represented in sorted(cohorts):
        if not represented:
            rows[key] = (Row(key, UNREPRESENTED, "", *NOTHING, ()),)
            continue
        if batches not in computed:
            computed[batches] = list(table.figures(batches, k))
        rows[key] = tuple(
            Row(key, variable, band, *figures, batches)
            for variable, (band, figures) in zip(variables, computed[batches], strict=True)
        )
    return rows


def _cohorts(seats: Sequence[Seat], priority: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """Key, batches wholly inside, and whether these hold at least half of the cohort's sealed groups.

    Those who wait for a batch are not counted: else fewer than k newcomers could close a cohort.
    """
    sizes = Counter(seat.batch for seat in seats)
    offered = crossings(priority, len(seats))
    present = Counter((cohort, seat.batch) for seat in seats for cohort in _of_seat(seat, offered))
    total: Counter[tuple[tuple[str, str], ...]] = Counter()
    inside: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for (cohort, batch), groups in present.items():
        total[cohort] += groups
        if groups == sizes[batch]:
            inside.setdefault(cohort, []).append(batch)
    for cohort, batches in inside.items():
        held = sum(sizes[batch] for batch in batches)
        yield cohort_key(dict(cohort)), tuple(sorted(batches)), 2 * held >= total[cohort]


def _nearest(
    seats: Sequence[Seat], priority: Sequence[str], k: int
) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """The nearest peers of every profile, as _cohorts gives them; none in a small network."""
    if len(seats) >= SMALL_NETWORK:
        for cohort, batches in nearest_batches(seats, priority, k):
            yield cohort_key(cohort), batches, True


def _of_seat(seat: Seat, offered: Iterable[tuple[str, ...]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """The cohorts a seat is in, among the crossings offered."""
    known = {dimension: value for dimension, value in seat.attributes.items() if value is not None}
    for crossing in offered:
        if known.keys() >= set(crossing):
            yield tuple((dimension, known[dimension]) for dimension in crossing)


@dataclass(frozen=True, slots=True)
class _Table:
    """Scores laid out batch by batch, a batch's answers to a variable hidden where they are under k."""

    tenths: NDArray[np.int16]  # (variables, seats)
    answers: NDArray[np.int64]  # (variables, batches): 0 where under k
    columns: tuple[NDArray[np.int64], ...]  # the seats of each batch

    @classmethod
    def of(cls, seats: Sequence[Seat], tenths: NDArray[np.int16], k: int) -> "_Table":
        sizes = [len(list(mates)) for _, mates in groupby(seat.batch for seat in seats)]
        ends = np.cumsum(np.array(sizes, dtype=np.int64))
        answers = np.add.reduceat(
            (tenths != MISSING).astype(np.int64), ends - np.array(sizes, dtype=np.int64), axis=1
        )
        answers[answers < k] = 0
        shown = np.where(np.repeat(answers > 0, sizes, axis=1), tenths, MISSING)
        return cls(shown, answers, tuple(np.split(np.arange(len(seats)), ends[:-1])))

    def figures(self, batches: Sequence[int], k: int) -> Iterator[tuple[str, Five]]:
        """Band of n and the five figures of each variable over these batches."""
        numbers = np.array(batches) - 1
        counts = self.answers[:, numbers].sum(axis=1)
        seats = np.concatenate([self.columns[number] for number in numbers])
        ranked = np.sort(self.tenths[:, seats], axis=1)
        five = _quantiles(ranked, counts)
        return ((n_band(n, k), figures) for n, figures in zip(counts.tolist(), five, strict=True))


def _quantiles(ranked: NDArray[np.int16], counts: NDArray[np.int64]) -> list[Five]:
    """The figures of each row of `ranked`, of which the first `counts` are answers in ascending order."""
    found: list[Five] = [NOTHING] * len(counts)
    for n in np.unique(counts[counts > 0]).tolist():
        (rows,) = np.nonzero(counts == n)
        points = whole_points(ranked[rows, :n].astype(np.float64) @ shown_weights(n)).tolist()
        for row, shown in zip(rows.tolist(), points, strict=True):
            found[row] = tuple(shown) if len(shown) == len(NOTHING) else (None, *shown, None)
    return found
