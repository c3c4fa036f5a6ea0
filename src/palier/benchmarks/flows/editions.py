"""A published edition as the rules read it. It never changes, so what was read once is kept in the process.

Only ask for an edition that a query of the reader found (`store.editions_for`): that is where row-level security decides.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.benchmarks import store
from palier.benchmarks.flows import frozen, seats
from palier.benchmarks.rules.cohorts import cohort_key, families_of
from palier.benchmarks.rules.composition import composition_of_counts
from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import closed_batches
from palier.foundation.kept import Kept

Composition = Mapping[str, Mapping[str, str]]
"""Bands of n by dimension and value."""

Attributes = Mapping[str, str | None]

NETWORK = cohort_key({})


@dataclass(frozen=True, slots=True)
class Published:
    """The sectors an edition was published with, each with its family; and the families there are."""

    families: Mapping[str, str]
    present: tuple[str, ...]


_published: Kept[UUID, Published] = Kept(256)
_rows: Kept[tuple[UUID, str], tuple[Row, ...]] = Kept(1024)
_unpublished: Kept[tuple[UUID, str], tuple[UUID, str]] = Kept(4096)
_seats: Kept[tuple[UUID, UUID], Attributes] = Kept(4096)
_compositions: Kept[tuple[UUID, str], Composition] = Kept(1024)
_closed: Kept[tuple[UUID, frozenset[str]], frozenset[int]] = Kept(1024)


def forget() -> None:
    """Keep nothing of any edition: for measurements of a first read."""
    for kept in (_published, _rows, _unpublished, _seats, _compositions, _closed):
        kept.clear()


async def published(edition: store.Edition) -> Published:
    """What `edition` was published with. An empty answer is not kept: another reader may be allowed to see more."""
    if known := _published.get(edition.id):
        return known
    kinds = await seats.kinds_of(edition)
    present = tuple(sorted({kind["family"] for kind in kinds if kind["family"]}))
    found = Published(families_of(kinds), present)
    return _published.put(edition.id, found) if kinds else found


async def rows_of(edition: store.Edition, keys: Iterable[str]) -> list[Row]:
    """The figures of the cohorts named by `keys`; none for one that is not published."""
    wanted = [key for key in keys if _unpublished.get((edition.id, key)) is None]
    missing = [key for key in wanted if _rows.get((edition.id, key)) is None]
    read = await _read(edition, missing) if missing else {}
    return [row for key in wanted for row in read.get(key) or _rows.get((edition.id, key)) or ()]


async def _read(edition: store.Edition, keys: Collection[str]) -> dict[str, tuple[Row, ...]]:
    """The rows of each of `keys`, kept. That one has none is kept too, beside the network's: those show that the reader
    may read the edition at all."""
    found: dict[str, list[Row]] = {}
    for row in as_rows(await frozen.rows_of(edition, {*keys, NETWORK})):
        found.setdefault(row.cohort_key, []).append(row)
    for key in keys:
        if key not in found and found:
            _unpublished.put((edition.id, key), (edition.id, key))
    return {key: _rows.put((edition.id, key), tuple(rows)) for key, rows in found.items()}


async def sealed_attributes(edition: store.Edition, organisation_id: UUID) -> Attributes | None:
    """What an organisation was sealed with; None when it holds no seat."""
    key = (edition.id, organisation_id)
    found = _seats.get(key) or await seats.seat_attributes(edition, organisation_id)
    return _seats.put(key, found) if found else None


async def composition(edition: store.Edition, key: str, batches: Iterable[int]) -> Composition:
    """What the cohort `key` is made of: the seats of its batches and no other."""
    if known := _compositions.get((edition.id, key)):
        return known
    shapes = await seats.shapes_of(edition, batches)
    found = composition_of_counts(((shape, shape["seats"]) for shape in shapes), edition.k)
    return _compositions.put((edition.id, key), found) if shapes else found


async def closed_to(edition: store.Edition, known: Collection[str]) -> frozenset[int]:
    """Batches hidden from a person who knows several members. Whoever knows one alone sees what any member sees.

    Only batches that somebody known sits in can be: every other has k seats of strangers.
    """
    if len(known) < 2:
        return frozenset()
    key = (edition.id, frozenset(known))
    if (read := _closed.get(key)) is not None:
        return read
    beside = as_seats(await seats.seats_beside(edition, known))
    found = closed_batches(beside, known, edition.k)
    return _closed.put(key, found) if beside else found


def as_rows(rows: Iterable[dict[str, Any]]) -> list[Row]:
    """Stored release rows as the rules read them."""
    return [Row(cohort_key=row["cohort"], **{k: v for k, v in row.items() if k != "cohort"}) for row in rows]


def as_seats(rows: Iterable[dict[str, Any]]) -> list[Seat]:
    """Stored batch members as the rules read them."""
    return [
        Seat(seat["batch"], str(seat["organisation_id"]), seat["legal_group"], seat["attributes"])
        for seat in rows
    ]
