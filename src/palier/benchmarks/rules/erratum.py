"""Which corrections an erratum takes: whole sides of batches, by counts only. Source: docs/benchmarks.md#errata."""

from collections.abc import Collection, Iterable

from palier.benchmarks.rules.sealing import Seat


def taken(seats: Iterable[Seat], corrected: Collection[str], k: int) -> frozenset[str]:
    """The members whose corrections an erratum takes.

    Two editions over the same batches, one of them corrected, differ by the corrected members: a batch takes its
    corrections only where these are at least k, and the members it leaves as they were are at least k or nobody.
    All other batches keep what they had. `corrected`: members who filed a correction. Reads no score.
    """
    batches: dict[int, list[str]] = {}
    for seat in seats:
        batches.setdefault(seat.batch, []).append(seat.member)
    return frozenset(member for batch in batches.values() for member in _of_batch(batch, set(corrected), k))


def _of_batch(members: list[str], corrected: set[str], k: int) -> list[str]:
    changed = [member for member in members if member in corrected]
    left = len(members) - len(changed)
    return changed if len(changed) >= k and (left == 0 or left >= k) else []
