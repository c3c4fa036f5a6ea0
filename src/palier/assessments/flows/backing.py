"""The evidence beside one criterion: what is attached, what else could be, and attaching it. One transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.assessments import store
from palier.assessments.flows.definitions import definition_of
from palier.assessments.store import Assessment, AssessmentState, Unknown
from palier.evidence import store as evidence_store
from palier.evidence.flows import attaching
from palier.evidence.flows.attaching import Brought, Spot
from palier.evidence.rules.finding import matches
from palier.evidence.rules.standing import Validity, validity
from palier.evidence.store import Evidence, EvidenceUse
from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import select, transaction
from palier.foundation.permissions import Permission

MOST_FOUND = 20
"""Pieces offered to use again, at once; more words find the others."""


class Locked(Exception):
    """The round was submitted: what it shows stays."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as it shows beside a criterion: who attached it (no names where the round shows none)."""

    row: Evidence
    validity: Validity
    by: tuple[str, ...] = ()
    attached_on: date | None = None
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Backing:
    """The evidence of one criterion. `alone`: what is attached is one's own, as the answer is."""

    pieces: tuple[Piece, ...]
    may_attach: bool
    alone: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Evidence of the organisation that is not beside the criterion yet: of its last round first, then what matches."""

    suggested: tuple[Piece, ...]
    found: tuple[Piece, ...]
    more: int


async def load_backing(actor: Actor, assessment: Assessment, code: str) -> Backing:
    """What is attached to the criterion, as far as `actor` may see. Call inside `reading(actor)`."""
    uses = await evidence_store.uses_in(actor, assessment.id, code)
    may_attach = actor.may(Permission.ANSWER) and assessment.state is AssessmentState.DRAFT
    mine = assessment.respondent(actor)
    day = today(actor.person.time_zone)
    together: dict[UUID, list[EvidenceUse]] = {}
    for use in uses:
        together.setdefault(use.evidence_id, []).append(use)
    pieces = tuple(_piece(actor, assessment, rows, mine, day, may=may_attach) for rows in together.values())
    return Backing(pieces, may_attach, assessment.blind)


def _piece(
    actor: Actor,
    assessment: Assessment,
    uses: Sequence[EvidenceUse],
    mine: UUID | None,
    day: date,
    *,
    may: bool,
) -> Piece:
    def is_named(use: EvidenceUse) -> bool:
        return assessment.names_shown or use.respondent_id in (None, actor.person_id)

    row = uses[0].evidence
    names = tuple(dict.fromkeys(use.person_name for use in uses if is_named(use)))
    stands = validity(row.valid_until, day)
    removable = may and any(use.respondent_id == mine for use in uses)
    return Piece(row, stands, names, uses[0].at.date(), removable)


async def load_choice(actor: Actor, assessment: Assessment, code: str, words: str) -> Choice:
    """What could be used again. Without words: the newest. Call inside `reading(actor)`."""
    there = {row.evidence_id for row in await evidence_store.uses_in(actor, assessment.id, code)}
    every = [row for row in await evidence_store.every_evidence(actor) if row.id not in there]
    before = await store.round_before(actor, assessment)
    then = await evidence_store.uses_in(actor, before.id, code) if before else []
    last = {row.evidence_id for row in then}
    day = today(actor.person.time_zone)
    found = [row for row in every if matches(words, (row.title, row.file_name, row.link, row.note))]
    others = [row for row in found if row.id not in last]
    return Choice(
        tuple(Piece(row, validity(row.valid_until, day)) for row in found if row.id in last),
        tuple(Piece(row, validity(row.valid_until, day)) for row in others[:MOST_FOUND]),
        max(0, len(others) - MOST_FOUND),
    )


async def bring(
    actor: Actor, shelf: files.Shelf, slug: str, code: str, brought: Brought, op: UUID, room: int
) -> EvidenceUse:
    """Keep new evidence beside the criterion. Raises DoesNotExist, Locked, TooMany, NoRoom, AlreadyDone."""
    async with transaction(actor):
        return await attaching.bring(actor, shelf, await _spot(actor, slug, code), brought, op, room)


async def use(actor: Actor, slug: str, code: str, evidence: UUID) -> EvidenceUse:
    """Attach what is there already. Raises DoesNotExist, Locked, TooMany."""
    async with transaction(actor):
        return await attaching.use(actor, await _spot(actor, slug, code), evidence)


async def detach(actor: Actor, slug: str, code: str, evidence: UUID) -> Evidence:
    """Take evidence off the criterion. Raises DoesNotExist, Locked."""
    async with transaction(actor):
        return await attaching.detach(actor, await _spot(actor, slug, code), evidence)


async def _spot(actor: Actor, slug: str, code: str) -> Spot:
    """The criterion, its round held so that it is not submitted, opened or closed meanwhile."""
    assessment = await store.assessment_by_slug(actor, slug)
    await select("select 1 from assessment where id = $1 for share", assessment.id)
    assessment = await store.assessment_by_slug(actor, slug)
    await check_criterion(assessment, code)
    if assessment.state is not AssessmentState.DRAFT:
        raise Locked
    address = f"/o/{actor.organisation.slug}/e/{slug}/q/{code}"
    return Spot(assessment.id, code, address, assessment.respondent(actor))


async def check_criterion(assessment: Assessment, code: str) -> None:
    """Raises Unknown for a criterion the round does not have."""
    try:
        (await definition_of(assessment)).criterion(code)
    except KeyError:
        raise Unknown("criterion") from None
