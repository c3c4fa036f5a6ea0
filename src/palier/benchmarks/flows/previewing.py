"""A draft as one member would be shown it, without that member's own place; and what an edition was frozen with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.benchmarks import store
from palier.benchmarks.flows.editions import as_rows, as_seats
from palier.benchmarks.flows.frozen import is_in_trail, sizes_of
from palier.benchmarks.flows.sealing import stored_edition
from palier.benchmarks.rules.cohorts import families_of
from palier.benchmarks.rules.sealing import Seat
from palier.benchmarks.rules.standing import Standing, closed_batches, ladder_keys, standing_from_rows
from palier.foundation.actor import NetworkActor
from palier.network.store import Organisation

NATURAL = ("sector", "size", "country")
"""What chooses the peers a member sees first."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a member would see first in the edition, whether or not its round is shared: that is not known here."""

    member: Organisation
    standing: Standing


async def preview(actor: NetworkActor, draft: store.EditionDraft, member: Organisation) -> Preview:
    """The standing of `member`'s natural peers in a draft, by the same rules, with no score of anybody's.

    A staff person who knows several members is shown no more than as their consultant. Call inside `reading(actor)`.
    """
    seats = as_seats(await store.draft_seats(draft))
    families = families_of(seat.attributes for seat in seats)
    asked = {name: value for name in NATURAL if (value := getattr(member, name))}
    rows = as_rows(await store.draft_rows(draft, ladder_keys(asked, draft.priority, families)))
    closed = _closed(seats, await store.known_to(actor), draft.k)
    standing = standing_from_rows(
        rows, asked, priority=draft.priority, families=families, closed=closed, variables=()
    )
    return Preview(member, standing)


def _closed(seats: Sequence[Seat], known: set[str], k: int) -> frozenset[int]:
    return closed_batches(seats, known, k) if len(known) > 1 else frozenset()


@dataclass(frozen=True, slots=True)
class Frozen:
    """An edition, as its network's staff look at it."""

    edition: store.Edition
    rows: int
    cohorts: int
    sealed: int
    publisher: str
    erratum: store.Edition | None
    original: store.Edition | None
    whole: bool | None = None
    """Whether the stored rows still give the fingerprint, and the audit trail holds it; None where nobody asked."""


async def load_frozen(actor: NetworkActor, edition_id: UUID, *, verify: bool = False) -> Frozen:
    """An edition of the actor's network. Raises DoesNotExist. Call inside `reading(actor)`."""
    edition = await store.Edition.get(id=edition_id, network_id=actor.network_id)
    sizes = await sizes_of(edition)
    erratum = await store.Edition.get_or_none(corrects_id=edition.id)
    original = await store.Edition.get(id=edition.corrects_id) if edition.corrects_id else None
    whole = await _is_whole(edition) if verify else None
    return Frozen(
        edition,
        sizes["rows"],
        sizes["cohorts"],
        sizes["sealed"],
        sizes["publisher"],
        erratum,
        original,
        whole,
    )


async def _is_whole(edition: store.Edition) -> bool:
    again = (await stored_edition(edition)).fingerprint()
    return again == edition.hash and await is_in_trail(edition)
