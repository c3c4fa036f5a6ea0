"""What a group of peers is made of: bands of n by attribute."""

from collections import Counter
from collections.abc import Iterable, Sequence

from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.thresholds import n_band


def composition(
    seats: Iterable[Seat], k: int, dimensions: Sequence[str] = ("family", "size", "country")
) -> dict[str, dict[str, str]]:
    """What a group is made of: for each dimension, the band of n of each value that at least k groups share.

    `seats`: of the edition, or of the batches of one cohort. No score is read.
    """
    seated = tuple(seats)
    return {dimension: _bands(seated, dimension, k) for dimension in dimensions}


def _bands(seats: Sequence[Seat], dimension: str, k: int) -> dict[str, str]:
    counts = Counter(value for seat in seats if (value := seat.attributes.get(dimension)))
    return {value: n_band(count, k) for value, count in sorted(counts.items()) if count >= k}
