"""Release rows: the figures of every published cohort, over the sealed batches lying wholly inside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.benchmarks.rules.cells import Cells, Sum, add_up
from palier.benchmarks.rules.cohorts import DIMENSIONS, cohort_key, crossings, families_of
from palier.benchmarks.rules.nearest import nearest_batches
from palier.benchmarks.rules.quartiles import quantiles_of_steps, shown_weights, whole_points
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.thresholds import SMALL_NETWORK, n_band
from palier.foundation.later import Later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

Points = int | None
Five = tuple[Points, Points, Points, Points, Points]
NOTHING: Five = (None, None, None, None, None)

UNREPRESENTED = ""
"""Stands for the variable in the only row of a cohort refused because its batches represent too few of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored line of `benchmark_release`: whole points from 0 to 100, None where nothing is shown.

    `n_band` is "" for a variable too few have answered. `batches` never leaves the server.
    """

    cohort_key: str
    variable: str
    n_band: str
    p10: Points
    q1: Points
    median: Points
    q3: Points
    p90: Points
    batches: tuple[int, ...]


def release(
    seats: Sequence[Seat],
    cells: Sequence[Cells],
    variables: Sequence[str],
    priority: Sequence[str],
    k: int,
) -> dict[str, tuple[Row, ...]]:
    """The rows of each published cohort, by its key, in the order of the keys.

    `seats`: those of the edition, batch by batch (1, 2, ...); `cells`: of each batch, variables numbered as in `variables`.
    """
    if not seats:
        return {}
    computed: dict[tuple[int, ...], list[tuple[str, Five]]] = {}
    rows: dict[str, tuple[Row, ...]] = {}
    for key, batches, represented in sorted((*_cohorts(seats, priority), *_nearest(seats, priority, k))):
        if not represented:
            rows[key] = (Row(key, UNREPRESENTED, "", *NOTHING, ()),)
            continue
        if batches not in computed:
            computed[batches] = figures(cells, batches, len(variables), k)
        rows[key] = rows_of(key, variables, batches, computed[batches])
    return rows


def release_again(
    releases: Mapping[str, tuple[Row, ...]],
    changed: Collection[int],
    cells: Sequence[Cells],
    variables: Sequence[str],
    k: int,
) -> dict[str, tuple[Row, ...]]:
    """The rows of the cohorts that hold one of the batches `changed`, by key: what an erratum has to compute, and no more."""
    among = frozenset(changed)
    computed: dict[tuple[int, ...], list[tuple[str, Five]]] = {}
    found = {}
    for key, rows in releases.items():
        batches = rows[0].batches
        if not among.isdisjoint(batches):
            if batches not in computed:
                computed[batches] = figures(cells, batches, len(variables), k)
            found[key] = rows_of(key, variables, batches, computed[batches])
    return found


def rows_of(
    key: str, variables: Sequence[str], batches: tuple[int, ...], shown: Iterable[tuple[str, Five]]
) -> tuple[Row, ...]:
    """The rows of one cohort."""
    return tuple(
        Row(key, variable, band, *five, batches)
        for variable, (band, five) in zip(variables, shown, strict=True)
    )


def figures(cells: Sequence[Cells], batches: Sequence[int], variables: int, k: int) -> list[tuple[str, Five]]:
    """Band of n and the five figures of each variable over these batches (numbered from 1)."""
    added = add_up((cells[number - 1] for number in batches), variables)
    return list(figures_of(added, np.arange(variables), k).values())


def figures_of(added: Sum, variables: NDArray[np.int64], k: int) -> dict[int, tuple[str, Five]]:
    """Band of n and the five figures of each of these variables, by number."""
    counts = added.counts[variables].tolist()
    shown = zip(variables.tolist(), counts, _quantiles(added, variables), strict=True)
    return {variable: (n_band(n, k), five) for variable, n, five in shown}


MANY = 2000
"""Answers from which the ranks of one value are weighed together instead of one by one: the figures are the same."""


def _quantiles(added: Sum, variables: NDArray[np.int64]) -> list[Five]:
    """The figures of each of these variables; variables with as many answers share their weights."""
    counts = added.counts[variables]
    found: list[Five] = [NOTHING] * len(variables)
    for n in np.unique(counts[counts > 0]).tolist():
        (places,) = np.nonzero(counts == n)
        lines = variables[places]
        tenths = (
            added.ranked(lines, n) @ shown_weights(n)
            if n < MANY
            else np.array([quantiles_of_steps(*added.steps(line)) for line in lines.tolist()])
        )
        for place, shown in zip(places.tolist(), whole_points(tenths).tolist(), strict=True):
            found[place] = tuple(shown) if len(shown) == len(NOTHING) else (None, *shown, None)
    return found


def _cohorts(seats: Sequence[Seat], priority: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """Key, batches wholly inside, and whether these hold at least half of the cohort's sealed groups.

    Those who wait for a batch are not counted: else fewer than k newcomers could close a cohort.
    """
    sizes: Counter[int] = Counter()
    present: Counter[tuple[tuple[tuple[str, str], ...], int]] = Counter()
    offered = crossings(priority, len(seats))
    for (batch, known), groups in _alike(seats).items():
        sizes[batch] += groups
        for cohort in _of_attributes(dict(known), offered):
            present[cohort, batch] += groups
    total: Counter[tuple[tuple[str, str], ...]] = Counter()
    inside: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for (cohort, batch), groups in present.items():
        total[cohort] += groups
        if groups == sizes[batch]:
            inside.setdefault(cohort, []).append(batch)
    for cohort, batches in inside.items():
        held = sum(sizes[batch] for batch in batches)
        yield cohort_key(dict(cohort)), tuple(sorted(batches)), 2 * held >= total[cohort]


def _alike(seats: Iterable[Seat]) -> Counter[tuple[int, tuple[tuple[str, str], ...]]]:
    """How many seats of a batch share the same attributes: in a large network there are few kinds of them."""
    return Counter(
        (
            seat.batch,
            tuple((name, value) for name in DIMENSIONS if (value := seat.attributes.get(name)) is not None),
        )
        for seat in seats
    )


def _nearest(
    seats: Sequence[Seat], priority: Sequence[str], k: int
) -> Iterator[tuple[str, tuple[int, ...], bool]]:
    """The nearest peers of every profile, as _cohorts gives them; none in a small network."""
    if len(seats) >= SMALL_NETWORK:
        for cohort, batches in nearest_batches(seats, priority, k):
            yield cohort_key(cohort), batches, True


def _of_attributes(
    known: Mapping[str, str], offered: Iterable[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, str], ...]]:
    """The cohorts a seat with these attributes is in, among the crossings offered."""
    for crossing in offered:
        if known.keys() >= set(crossing):
            yield tuple((dimension, known[dimension]) for dimension in crossing)


def families_of_seats(seats: Iterable[Seat]) -> Mapping[str, str]:
    """The family of each sector among the seats; see cohorts.families_of."""
    return families_of(seat.attributes for seat in seats)
