"""What a group of peers is made of: bands of n by attribute."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.thresholds import n_band


def composition(
    seats: Iterable[Seat], k: int, dimensions: Sequence[str] = ("family", "size", "country")
) -> dict[str, dict[str, str]]:
    """What a group is made of: for each dimension, the band of n of each value that at least k groups share.

    `seats`: of the edition, or of the batches of one cohort. No score is read.
    """
    return composition_of_counts(((seat.attributes, 1) for seat in seats), k, dimensions)


def composition_of_counts(
    shapes: Iterable[tuple[Mapping[str, str | None], int]],
    k: int,
    dimensions: Sequence[str] = ("family", "size", "country"),
) -> dict[str, dict[str, str]]:
    """The same from how many seats share each set of attributes."""
    counts: dict[str, Counter[str]] = {dimension: Counter() for dimension in dimensions}
    for attributes, seats in shapes:
        for dimension in dimensions:
            if value := attributes.get(dimension):
                counts[dimension][value] += seats
    return {dimension: _bands(counts[dimension], k) for dimension in dimensions}


def _bands(counts: Mapping[str, int], k: int) -> dict[str, str]:
    return {value: n_band(count, k) for value, count in sorted(counts.items()) if count >= k}
