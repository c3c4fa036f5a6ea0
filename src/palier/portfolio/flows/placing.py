"""Where clients stand among their peers: the quarter that the results page of each would say, for all of them at once.

Nothing is read client by client: an edition is read once for all who are read against it, and what does not change is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from palier.benchmarks import store
from palier.benchmarks.flows.editions import closed_to, published, rows_of
from palier.benchmarks.rules.release import Row
from palier.benchmarks.rules.standing import ladder_keys, standing_from_rows
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.kept import Kept
from palier.scoring.rules.result import TOTAL


@dataclass(frozen=True, slots=True)
class Place:
    """Whose quarter is asked, against which edition: one that the database showed this very client as its own."""

    actor: Actor
    edition: UUID
    natural: Mapping[str, str]
    """Sector, size and country, where declared."""
    own: Fraction | None
    """The total of the round, in points, where it may be compared."""


@dataclass(frozen=True, slots=True)
class _Quarter:
    """Kept with a quarter, so that there being none is kept too."""

    quarter: int | None


_Key = tuple[UUID, tuple[tuple[str, str], ...], Fraction, frozenset[str]]

_quarters: Kept[_Key, _Quarter] = Kept(4096)
"""By edition, which never changes, natural peers, score, and the organisations the reader knows."""


async def known_to(actor: Actor) -> frozenset[str]:
    """The organisations whose scores the reader may know, the same for every client. Call it inside `reading(person)`."""
    return frozenset(str(one) for one in (await store.viewpoint_of(actor))["known"])


async def quarters(places: Iterable[Place], known: frozenset[str]) -> dict[UUID, int]:
    """The quarter of each, by organisation, among the natural peers or the first wider group that this reader may be shown.

    Call it outside of any `reading`: an edition is read as one of the clients it is published to.
    """
    waiting: dict[UUID, list[Place]] = {}
    for place in places:
        if place.own is not None and _quarters.get(_key(place, place.own, known)) is None:
            waiting.setdefault(place.edition, []).append(place)
    found = {
        place.actor.organisation_id: quarter
        for place in places
        if place.own is not None
        and (kept := _quarters.get(_key(place, place.own, known)))
        and (quarter := kept.quarter)
    }
    for edition, together in waiting.items():
        async with reading(together[0].actor):
            found |= await _read(await store.Edition.get(id=edition), together, known)
    return found


def _key(place: Place, own: Fraction, known: frozenset[str]) -> _Key:
    return place.edition, tuple(sorted(place.natural.items())), own, known


async def _read(edition: store.Edition, places: Sequence[Place], known: frozenset[str]) -> dict[UUID, int]:
    families = (await published(edition)).families
    closed = await closed_to(edition, known)
    ladders = [ladder_keys(place.natural, edition.priority, families) for place in places]
    totals = _totals(await rows_of(edition, dict.fromkeys(key for ladder in ladders for key in ladder)))
    found: dict[UUID, int] = {}
    for place, ladder in zip(places, ladders, strict=True):
        rows = [row for key in ladder for row in totals.get(key, ())]
        standing = standing_from_rows(
            rows, place.natural, own_scores={TOTAL: place.own}, priority=edition.priority, families=families, closed=closed
        )  # fmt: skip
        figure = standing.figures.get(TOTAL)
        if totals and place.own is not None:
            _quarters.put(_key(place, place.own, known), _Quarter(figure.quarter if figure else None))
        if figure and figure.quarter:
            found[place.actor.organisation_id] = figure.quarter
    return found


def _totals(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Of each cohort its total, behind its first row: that one says whether the cohort is shown at all."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        kept = found.setdefault(row.cohort_key, [])
        if not kept or row.variable == TOTAL:
            kept.append(row)
    return found
