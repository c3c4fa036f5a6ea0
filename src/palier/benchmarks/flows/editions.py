"""A published edition as the rules read it. It never changes, so what was read once is kept in the process.

Only ask for an edition that a query of the reader found (`store.editions_for`): that is where row-level security decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from palier.benchmarks import store
from palier.benchmarks.rules.cohorts import families_of
from palier.benchmarks.rules.composition import composition
from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.sealing import Seat
from palier.foundation.kept import Kept

Composition = Mapping[str, Mapping[str, str]]
"""Bands of n by dimension and value."""


@dataclass(frozen=True, slots=True)
class Published:
    """What an edition was published with: who sits in which batch, each sector's family, the cohorts by key."""

    seats: tuple[Seat, ...]
    families: Mapping[str, str]
    cohorts: frozenset[str]
    attributes: Mapping[str, Mapping[str, str | None]]
    """By member, as sealed."""
    present: tuple[str, ...]
    """The families of sectors there are."""
    compositions: dict[str, Composition] = field(default_factory=dict)
    """What each cohort is made of, by its key, once somebody has asked."""

    def composition(self, key: str, batches: Iterable[int], k: int) -> Composition:
        """What the cohort `key` is made of: the seats of its batches and no other."""
        if key not in self.compositions:
            inside = set(batches)
            seated = (seat for seat in self.seats if seat.batch in inside)
            self.compositions[key] = composition(seated, k)
        return self.compositions[key]


def _as_published(seats: tuple[Seat, ...], cohorts: Iterable[str]) -> Published:
    attributes = {seat.member: seat.attributes for seat in seats}
    present = {family for seat in seats if (family := seat.attributes.get("family"))}
    families = families_of(attributes.values())
    return Published(seats, families, frozenset(cohorts), attributes, tuple(sorted(present)))


_published: Kept[UUID, Published] = Kept(32)
_rows: Kept[tuple[UUID, str], tuple[Row, ...]] = Kept(1024)


async def published(edition: store.Edition) -> Published:
    """What `edition` was published with. An empty answer is not kept: another reader may be allowed to see more."""
    if known := _published.get(edition.id):
        return known
    seats = tuple(as_seats(await store.seats_of(edition)))
    found = _as_published(seats, await store.cohorts_of(edition))
    return _published.put(edition.id, found) if seats else found


async def rows_of(edition: store.Edition, keys: Iterable[str]) -> list[Row]:
    """The figures of the cohorts named by `keys`; none for one that is not published."""
    cohorts = (await published(edition)).cohorts
    wanted = [key for key in keys if key in cohorts]
    missing = [key for key in wanted if _rows.get((edition.id, key)) is None]
    found = as_rows(await store.rows_of(edition, missing)) if missing else []
    for key in missing:
        _rows.put((edition.id, key), tuple(row for row in found if row.cohort_key == key))
    return [row for key in wanted for row in _rows.get((edition.id, key)) or ()]


def as_rows(rows: Iterable[dict[str, Any]]) -> list[Row]:
    """Stored release rows as the rules read them."""
    return [Row(cohort_key=row["cohort"], **{k: v for k, v in row.items() if k != "cohort"}) for row in rows]


def as_seats(seats: Iterable[dict[str, Any]]) -> list[Seat]:
    """Stored batch members as the rules read them."""
    return [
        Seat(seat["batch"], str(seat["organisation_id"]), seat["legal_group"], seat["attributes"])
        for seat in seats
    ]
