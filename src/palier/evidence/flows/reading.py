"""What is shown of evidence. It only reads: call it inside `reading(actor)` (or a transaction of the actor)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from palier.evidence import store
from palier.evidence.rules.finding import matches
from palier.evidence.rules.standing import Attached, Standing, Validity, standings, validity
from palier.evidence.store import Evidence, EvidenceUse
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import select


class Part(StrEnum):
    """Which evidence is wanted."""

    ALL = ""
    ENDING = "ending"
    LOOSE = "loose"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: words, and a part of what there is."""

    words: str = ""
    part: Part = Part.ALL


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece with where it is attached, as far as the reader may see; no name where its round shows none."""

    row: Evidence
    validity: Validity
    uses: tuple[EvidenceUse, ...]
    by: str = ""

    @property
    def shown_for_good(self) -> bool:
        """Whether a submitted round shows it."""
        return any(use.assessment.state.value != "draft" for use in self.uses)


@dataclass(frozen=True, slots=True)
class Library:
    """The evidence that was looked for, and how much there is in all."""

    found: tuple[Piece, ...]
    total: int


async def evidence_standing(actor: Actor, assessment: UUID, today: date) -> dict[str, Standing]:
    """How the evidence of each criterion of a round stands `today`, as far as `actor` may see; a criterion without is left out."""
    uses = await store.uses_in(actor, assessment)
    once = {
        (row.code, row.evidence_id): Attached(row.code, row.evidence.title, row.evidence.valid_until)
        for row in uses
    }
    return standings(once.values(), today)


async def load_library(actor: Actor, wanted: Wanted) -> Library:
    """The organisation's evidence, the newest first."""
    rows = await store.every_evidence(actor)
    uses: dict[UUID, list[EvidenceUse]] = {}
    for use in await store.uses_of(actor):
        uses.setdefault(use.evidence_id, []).append(use)
    unnamed = await _rounds_without_names(actor)
    pieces = [_piece(actor, row, uses.get(row.id, []), unnamed) for row in rows]
    return Library(tuple(piece for piece in pieces if _is_wanted(piece, wanted)), len(rows))


async def load_piece(actor: Actor, evidence: UUID) -> Piece:
    """One piece. Raises DoesNotExist."""
    row = await store.evidence_by_id(actor, evidence)
    return _piece(actor, row, await store.uses_of(actor, row.id), await _rounds_without_names(actor))


def _piece(actor: Actor, row: Evidence, uses: list[EvidenceUse], unnamed: set[UUID]) -> Piece:
    is_named = row.added_by == actor.person_id or row.brought_to not in unnamed
    stands = validity(row.valid_until, today(actor.person.time_zone))
    # Several people may have attached it to the same criterion.
    places = {(use.assessment_id, use.code): use for use in uses}
    return Piece(row, stands, tuple(places.values()), row.added_name if is_named else "")


def _is_wanted(piece: Piece, wanted: Wanted) -> bool:
    row = piece.row
    if wanted.part is Part.ENDING and piece.validity is Validity.HOLDS:
        return False
    if wanted.part is Part.LOOSE and piece.uses:
        return False
    return matches(
        wanted.words, (row.title, row.file_name, row.link, row.note, *(use.code for use in piece.uses))
    )


async def _rounds_without_names(actor: Actor) -> set[UUID]:
    sql = "select id from assessment where organisation_id = $1 and mode = 'individual' and not names_shown"
    return {row["id"] for row in await select(sql, actor.organisation_id)}
