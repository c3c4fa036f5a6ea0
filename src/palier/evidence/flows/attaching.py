"""Evidence brought to a criterion, used again, taken off it. In the caller's transaction, for its actor.

`palier.foundation.uploads.received` has judged a file's bytes before. The audit trail holds no title: it is read by people
who may not see yet what an answer given alone is backed by.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.evidence import store
from palier.evidence.rules.standing import Validity, validity
from palier.evidence.store import Evidence, EvidenceUse
from palier.foundation import audit, files, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time
from palier.foundation.identifiers import new_id
from palier.foundation.store import StoredFile
from palier.foundation.uploads import Received

MOST_HERE = 20
"""Pieces of evidence beside one criterion of one round."""


class TooMany(Exception):
    """There is as much evidence beside the criterion as there may be."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A criterion of a round. `respondent`: whose own answer is backed while everybody answers alone, else None."""

    assessment_id: UUID
    code: str
    address: str
    respondent: UUID | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brings: a file that was judged, or a link."""

    title: str
    valid_until: date | None = None
    note: str = ""
    link: str = ""
    file: Received | None = None


async def bring(
    actor: Actor, shelf: files.Shelf, spot: Spot, brought: Brought, op: UUID, room: int
) -> EvidenceUse:
    """Keep new evidence and attach it; an organisation's files fill at most `room` bytes.

    Raises TooMany, files.NoRoom, AlreadyDone.
    """
    await operations.claim(op, actor.person_id, f"{spot.address}#attached")
    await _check_number(actor, spot)
    stored = await _keep(actor, shelf, brought.file, room) if brought.file else None
    row = await Evidence.create(
        id=new_id(), organisation_id=actor.organisation_id, title=brought.title, link=brought.link, file=stored,
        file_name=brought.file.name if brought.file else "", scanned=bool(brought.file and brought.file.scanned),
        valid_until=brought.valid_until, note=brought.note, added_by=actor.person_id, added_name=actor.person.name,
        brought_to=spot.assessment_id if spot.respondent else None, added_at=now(),
    )  # fmt: skip
    await audit.record(
        actor, "evidence.added", f"evidence {row.id}", kind="file" if stored else "link",
        sha256=stored.sha256 if stored else "", size=stored.size if stored else 0,
    )  # fmt: skip
    return await _attach(actor, spot, row)


async def _keep(actor: Actor, shelf: files.Shelf, sent: Received, room: int) -> StoredFile:
    organisation = actor.organisation_id
    await one_at_a_time(f"files {organisation}")
    await files.check_room(organisation, len(sent.data), room)
    ending = sent.name.rpartition(".")[2]
    return await files.keep(shelf, actor, organisation, f"evidence.{ending}", sent.media_type, sent.data)


async def use(actor: Actor, spot: Spot, evidence: UUID) -> EvidenceUse:
    """Attach evidence that is there already; twice is once. Raises DoesNotExist, TooMany."""
    row = await store.evidence_by_id(actor, evidence)
    there = await store.use_of(actor, spot.assessment_id, spot.code, row.id, spot.respondent)
    if there:
        return there
    await _check_number(actor, spot)
    return await _attach(actor, spot, row)


async def detach(actor: Actor, spot: Spot, evidence: UUID) -> Evidence:
    """Take evidence off the criterion; it stays the organisation's. Raises DoesNotExist for what is not attached there."""
    row = await store.evidence_by_id(actor, evidence)
    found = await store.use_of(actor, spot.assessment_id, spot.code, row.id, spot.respondent)
    if found is None:
        raise store.NotThere(evidence)
    await EvidenceUse.filter(id=found.id, organisation_id=actor.organisation_id).delete()
    await audit.record(actor, "evidence.detached", f"evidence {row.id}", **_where(spot))
    return row


async def carry_evidence(
    actor: Actor, from_assessment: UUID, to_assessment: UUID, today: date, *, codes: Collection[str] | None = None,
    expired: bool = False,
) -> int:  # fmt: skip
    """Attach to a new round what the submitted one showed and still holds `today`; how many attachments.

    Only to `codes` where they are given; what ended is left behind unless `expired`. It becomes everybody's at once,
    in a round answered alone too: a submitted round has shown it.
    """
    shown = {
        (row.code, row.evidence_id): row.evidence
        for row in await store.uses_in(actor, from_assessment)
        if (codes is None or row.code in codes) and (expired or _holds(row.evidence, today))
    }
    there = {(row.code, row.evidence_id) for row in await store.uses_in(actor, to_assessment)}
    carried = sorted(shown.keys() - there)
    for code, evidence in carried:
        await EvidenceUse.create(
            id=new_id(), organisation_id=actor.organisation_id, evidence_id=evidence, assessment_id=to_assessment, code=code,
            person_name=actor.person.name, at=now(),
        )  # fmt: skip
    if carried:
        await audit.record(
            actor,
            "evidence.carried",
            f"assessment {to_assessment}",
            attachments=len(carried),
            of=from_assessment,
        )
    return len(carried)


def _holds(row: Evidence, today: date) -> bool:
    return validity(row.valid_until, today) is not Validity.EXPIRED


async def _check_number(actor: Actor, spot: Spot) -> None:
    rows = await store.uses_in(actor, spot.assessment_id, spot.code)
    if sum(row.respondent_id == spot.respondent for row in rows) >= MOST_HERE:
        raise TooMany


async def _attach(actor: Actor, spot: Spot, row: Evidence) -> EvidenceUse:
    made = await EvidenceUse.create(
        id=new_id(), organisation_id=actor.organisation_id, evidence=row, assessment_id=spot.assessment_id,
        code=spot.code, respondent_id=spot.respondent, person_name=actor.person.name, at=now(),
    )  # fmt: skip
    await audit.record(actor, "evidence.attached", f"evidence {row.id}", **_where(spot))
    return made


def _where(spot: Spot) -> dict[str, str]:
    """Which criterion, for the trail: not while everybody answers alone, where even that is one's own."""
    return {} if spot.respondent else {"assessment": str(spot.assessment_id), "code": spot.code}
