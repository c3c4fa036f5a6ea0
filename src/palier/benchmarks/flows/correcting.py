"""An erratum: an edition computed again over its own batches, from the members' frozen results. The worker does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from palier.assessments.store import Assessment, Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.contributing import counts, major_of, scores_of
from palier.benchmarks.flows.publishing import write
from palier.benchmarks.flows.sealing import locked, stored_edition
from palier.benchmarks.rules import Edition
from palier.benchmarks.rules.edition import correct
from palier.benchmarks.rules.erratum import taken
from palier.foundation import audit
from palier.foundation.actor import NetworkActor, OnDuty
from palier.foundation.clock import today
from palier.foundation.database import acting_for, transaction
from palier.scoring.rules.record import from_plain


class CannotCorrect(Exception):
    """Not all that was sealed may be read again. Says why, for the audit trail; never who."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Where the corrections of an edition stand: counts alone."""

    filed: int
    """Members of its batches that filed one."""
    taken: int
    """Of these, those that an erratum may take."""


async def load_corrections(actor: NetworkActor, edition: store.Edition) -> Corrections:
    """How many corrections were filed for an edition and how many an erratum may take. Call inside `reading(actor)`."""
    seats = (await stored_edition(edition)).seats
    seated = {seat.member for seat in seats}
    filed = {str(one.organisation_id) for one in await store.corrections_of(edition)} & seated
    return Corrections(len(filed), len(taken(seats, filed, edition.k)))


async def publish_erratum(
    edition_id: str, reason: str, asked_by: str | None = None, on: str | None = None
) -> None:
    """Publish the erratum of an edition, or write down why there is none.

    Once: an edition that has its erratum, or is one, is left alone. `on`: ISO date, today by default.
    """
    async with transaction(None):
        original = await store.Edition.get(id=UUID(edition_id))
        campaign, network = await locked(original.campaign_id)
        if original.corrects_id or await store.Edition.exists(corrects_id=original.id):
            return
        try:
            edition, number = await _corrected(original, campaign)
        except CannotCorrect as refusal:
            await audit.record(
                OnDuty(network_id=network.id),
                "benchmarks.erratum_refused",
                f"edition {original.name}",
                why=str(refusal),
            )
            return
        row = await write(
            edition, campaign, date.fromisoformat(on) if on else today(), name=original.name, published_by=asked_by,
            previous_id=original.previous_id, corrects=original, reason=reason,
        )  # fmt: skip
        await audit.record(
            OnDuty(network_id=network.id), "benchmarks.corrected", f"edition {row.name}", hash=row.hash, replaces=original.hash,
            corrections=number, reason=reason, asked_by=asked_by, edition=row.id,
        )  # fmt: skip


async def _corrected(original: store.Edition, campaign: Campaign) -> tuple[Edition, int]:
    """The edition with the corrections it may take, and how many. Raises CannotCorrect."""
    frozen = await stored_edition(original)
    rounds = await store.rounds_given(campaign)
    given = {
        seat.member: await _round_of(UUID(seat.member), rounds.get(UUID(seat.member)))
        for seat in frozen.seats
    }
    if correct(frozen, _contributions(frozen, given)).fingerprint() != original.hash:
        raise CannotCorrect("the frozen results do not give the edition again")
    newer = await _newer(original, given)
    accepted = taken(frozen.seats, newer, original.k)
    if not accepted:
        raise CannotCorrect("no batch has enough corrections")
    given |= {member: newer[member] for member in accepted}
    return correct(frozen, _contributions(frozen, given)), len(accepted)


async def _newer(original: store.Edition, given: Mapping[str, Assessment]) -> dict[str, Assessment]:
    """The round that corrects what a member gave, where it filed one that counts. Later corrections win."""
    found = {}
    for correction in await store.corrections_of(original):
        member = str(correction.organisation_id)
        if member in given and (
            one := await _counting(correction.organisation_id, correction.assessment_id, original)
        ):
            found[member] = one
    return found


async def _counting(organisation: UUID, assessment_id: UUID, original: store.Edition) -> Assessment | None:
    async with acting_for(OnDuty(organisation)):
        one = await Assessment.get_or_none(id=assessment_id, submitted_at__isnull=False)
    if one is None or (one.questionnaire, major_of(one)) != (original.questionnaire, original.major):
        return None
    return one if counts(from_plain(one.result)) else None


async def _round_of(organisation: UUID, assessment_id: UUID | None) -> Assessment:
    """The frozen round behind a seat, read for its organisation alone. Raises CannotCorrect."""
    async with acting_for(OnDuty(organisation)):
        one = await Assessment.get_or_none(id=assessment_id) if assessment_id else None
    if one is None:
        raise CannotCorrect("a frozen result is not there any more")
    if await store.took_back(one):
        raise CannotCorrect("a member of the batches has taken its consent back")
    return one


def _contributions(frozen: Edition, given: Mapping[str, Assessment]) -> list[dict[str, object]]:
    return [
        {"member": seat.member, "group": seat.group, **seat.attributes, "scores": _scores(given[seat.member])}
        for seat in frozen.seats
    ]


def _scores(one: Assessment) -> dict[str, Fraction | None]:
    plain = scores_of(from_plain(one.result))
    return {name: None if value is None else Fraction(value) for name, value in plain.items()}
