"""An organisation answers again about a network's benchmark, or says that a later round corrects what it gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.assessments.consent_wording import wording
from palier.assessments.consents import shares
from palier.assessments.flows.submitting import record_consent
from palier.assessments.store import (
    Assessment,
    AssessmentState,
    Campaign,
    Consent,
    assessment_by_slug,
    consents_of,
    visible_assessments,
)
from palier.benchmarks import store
from palier.benchmarks.flows.contributing import major_of
from palier.foundation import audit, jobs, mail, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current


class NotAsked(LookupError):
    """The round is not submitted, or belongs to no campaign: nobody asked whether it joins a benchmark."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Where a round stands with its campaign's benchmark."""

    assessment: Assessment
    campaign: Campaign
    network: str
    shared: bool
    """Whether its scores joined, or will when the campaign is sealed."""
    sealed: bool
    history: Sequence[Consent]
    """Newest first."""
    later: Sequence[Assessment]
    """Rounds on the same questionnaire submitted afterwards: any may correct this one."""
    corrections: Sequence[store.Correction]

    @property
    def stands(self) -> bool:
        """The last answer, in time or not."""
        return self.history[0].given if self.history else self.shared


async def load_agreement(actor: Actor, slug: str) -> Agreement:
    """The benchmark of a submitted round. Raises DoesNotExist, NotAsked. Call inside `reading(actor)`."""
    assessment = await assessment_by_slug(actor, slug)
    if (
        assessment.state is AssessmentState.DRAFT
        or assessment.campaign_id is None
        or assessment.benchmark_consent is None
    ):
        raise NotAsked(slug)
    campaign = await Campaign.get(id=assessment.campaign_id).select_related("network")
    return Agreement(
        assessment, campaign, campaign.network.name, await shares(assessment), await store.is_sealed(campaign.id),
        await consents_of(assessment), await _later(actor, assessment), await store.own_corrections(actor, campaign.id),
    )  # fmt: skip


async def _later(actor: Actor, assessment: Assessment) -> list[Assessment]:
    found = visible_assessments(actor).filter(
        questionnaire=assessment.questionnaire, state=AssessmentState.SUBMITTED, submitted_at__gt=assessment.submitted_at
    )  # fmt: skip
    return [one for one in await found if major_of(one) == major_of(assessment)]


async def answer_again(actor: Actor, slug: str, *, given: bool, name: str, op: UUID) -> bool:
    """Keep a new answer, and whether it takes effect on this campaign. Raises AlreadyDone, DoesNotExist, NotAsked."""
    async with transaction(actor):
        await operations.claim(op, actor.person_id, _location(actor, slug))
        agreement = await load_agreement(actor, slug)
        await store.hold(agreement.campaign.id)
        in_time = not await store.is_sealed(agreement.campaign.id)
        consent = await record_consent(actor, agreement.assessment, given=given, name=name, in_time=in_time)
        await audit.record(
            actor, "benchmarks.consent_answered", f"assessment {slug}", given=given, in_time=in_time, name=name,
            wording=consent.version, wording_hash=consent.wording_hash,
        )  # fmt: skip
        await jobs.enqueue(
            "benchmarks.consent_answered",
            organisation_id=actor.organisation_id,
            assessment_id=agreement.assessment.id,
        )
        await mail.write(
            actor.person.email, "benchmarks/mails/consent", agreement=agreement, consent=consent, wording=wording(),
            organisation=actor.organisation, paragraphs=wording().paragraphs(current()),
        )  # fmt: skip
    return in_time


async def file_correction(actor: Actor, slug: str, by: str, *, reason: str, name: str, op: UUID) -> None:
    """Say that the later round `by` corrects the round `slug`, and why. Raises AlreadyDone, DoesNotExist, NotAsked."""
    async with transaction(actor):
        await operations.claim(op, actor.person_id, _location(actor, slug))
        agreement = await load_agreement(actor, slug)
        later = next((one for one in agreement.later if one.slug == by), None)
        if later is None or not agreement.shared:
            raise NotAsked(by)
        await store.Correction.create(
            id=new_id(), network_id=agreement.campaign.network_id, campaign_id=agreement.campaign.id,
            organisation_id=actor.organisation_id, assessment_id=later.id, reason=reason, said_by=actor.person_id,
            said_name=name, said_at=now(),
        )  # fmt: skip
        await audit.record(
            actor, "benchmarks.correction_filed", f"assessment {slug}", by=by, reason=reason, name=name
        )


def _location(actor: Actor, slug: str) -> str:
    return f"/o/{actor.organisation.slug}/e/{slug}/sharing"
