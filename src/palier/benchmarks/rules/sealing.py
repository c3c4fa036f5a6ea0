"""Sealing: contributions are published in batches of at least k groups, cut by attributes and counts only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from palier.benchmarks.rules.contributions import Contribution

Batch = list[Contribution]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is in which sealed batch, with the attributes of that day, for the next campaign; never a score."""

    batch: int
    member: str
    group: str
    attributes: Mapping[str, str | None]


def seal(
    counted: Sequence[Contribution], previous: Iterable[Seat], priority: Sequence[str], k: int
) -> tuple[Batch, ...]:
    """The sealed batches of a campaign, each of at least k groups; who is in none of them waits.

    `counted`: one contribution a group. Mates of the last edition stay together while at least k of
    them renew; all others are pending, and split top-down along `priority`. Reads no score.
    """
    kept, pending = renew(counted, previous, k)
    fresh = split(pending, priority, k) if len(pending) >= k else []
    return tuple(sorted((*kept, *fresh), key=lambda batch: min(one.member for one in batch)))


def renew(counted: Sequence[Contribution], previous: Iterable[Seat], k: int) -> tuple[list[Batch], Batch]:
    """The last edition's batches of which at least k groups are back, as they now are, and everyone else.

    Another daughter takes the seat of her group only where its holder is gone: nobody is ever added to a batch.
    """
    seats, present = tuple(previous), {one.member for one in counted}
    of_member = {seat.member: seat.batch for seat in seats}
    of_group = {seat.group: seat.batch for seat in seats if seat.member not in present}
    mates: dict[int | None, Batch] = {}
    for one in counted:
        batch = of_member.get(one.member, of_group.get(one.group))
        mates.setdefault(batch, []).append(one)
    kept = [batch for number, batch in mates.items() if number is not None and len(batch) >= k]
    staying = {one.member for batch in kept for one in batch}
    return kept, [one for one in counted if one.member not in staying]


def split(pool: Batch, priority: Sequence[str], k: int) -> list[Batch]:
    """`pool` (at least k groups) cut as finely as `priority` allows, every part at least k groups."""
    if not priority:
        return [pool]
    first, *rest = priority
    return [batch for part in _parts(pool, first, k) for batch in split(part, rest, k)]


def _parts(pool: Batch, dimension: str, k: int) -> list[Batch]:
    """Each value with k groups is a part; the rest is pooled, a pool under k absorbs the smallest part."""
    values = list(_by_value(pool, dimension))
    parts = [part for part in values if len(part) >= k]
    rest = [one for part in values if len(part) < k for one in part]
    if 0 < len(rest) < k:
        smallest = min(parts, key=len)
        parts.remove(smallest)
        rest += smallest
    return [*parts, rest] if rest else parts


def _by_value(pool: Batch, dimension: str) -> Iterator[Batch]:
    found: dict[str, Batch] = {}
    for one in pool:
        found.setdefault(one.attributes.get(dimension) or "", []).append(one)
    return (found[value] for value in sorted(found))
