"""Nearest structural peers: for each profile of attributes, the sealed batches most like it, taken whole.

Computed at publication and published as rows like any other cohort. Source: docs/benchmarks.md#nearest-peers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from palier.benchmarks.rules.cohorts import NEAREST
from palier.benchmarks.rules.sealing import Seat
from palier.foundation.later import Later

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = Later("numpy")

ENOUGH = 2
"""Batches are added until they hold at least this many times k groups: never one batch alone, so to say."""

Profile = tuple[str, ...]
"""Values of the network's dimensions in order of priority; "" where an organisation has none."""


def nearest_cohort(attributes: Mapping[str, str | None], priority: Sequence[str]) -> dict[str, str]:
    """The cohort of the nearest peers of an organisation with these attributes, to be asked like any other."""
    known = {dimension: value for dimension in priority if (value := attributes.get(dimension))}
    return {NEAREST: "own", **known}


def nearest_batches(
    seats: Sequence[Seat], priority: Sequence[str], k: int
) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """For each profile found among the seats, its cohort and the nearest batches, until they hold 2k groups.

    A batch is as near as the share of its groups with the same value, each dimension weighing twice the next of
    the priority; ties go to the lower number. The whole network where it holds no more. Reads no score.
    """
    profiles = sorted({_profile(seat, priority) for seat in seats})
    sizes = _sizes(seats)
    shares = [_shares(seats, dimension, sizes) for dimension in priority]
    for profile in profiles:
        chosen = _until_enough(_closeness(profile, shares, len(sizes)), sizes, ENOUGH * k)
        yield nearest_cohort(dict(zip(priority, profile, strict=True)), priority), chosen


def _profile(seat: Seat, priority: Sequence[str]) -> Profile:
    return tuple(seat.attributes.get(dimension) or "" for dimension in priority)


def _sizes(seats: Sequence[Seat]) -> NDArray[np.int64]:
    """Groups of each batch; batches are numbered from 1."""
    return np.bincount([seat.batch - 1 for seat in seats])


def _shares(
    seats: Sequence[Seat], dimension: str, sizes: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """For each value, the share of each batch's groups that has it."""
    found: dict[str, NDArray[np.float64]] = {}
    counts = Counter((value, seat.batch) for seat in seats if (value := seat.attributes.get(dimension)))
    for (value, batch), groups in counts.items():
        found.setdefault(value, np.zeros(len(sizes)))[batch - 1] = groups / sizes[batch - 1]
    return found


def _closeness(
    profile: Profile, shares: Sequence[Mapping[str, NDArray[np.float64]]], batches: int
) -> NDArray[np.float64]:
    """From 0 (nothing in common) to 2 (the same in everything), of each batch; settled at the ninth decimal."""
    near = np.zeros(batches)
    for position, (value, share) in enumerate(zip(profile, shares, strict=True)):
        if value in share:
            near += share[value] / 2**position
    return np.round(near, 9)


def _until_enough(closeness: NDArray[np.float64], sizes: NDArray[np.int64], groups: int) -> tuple[int, ...]:
    order = np.argsort(-closeness, kind="stable")
    needed = int(np.searchsorted(np.cumsum(sizes[order]), groups)) + 1
    return tuple(sorted((order[:needed] + 1).tolist()))
