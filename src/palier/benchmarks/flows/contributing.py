"""A submitted round becomes a contribution that waits for its campaign to be sealed."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from palier.assessments.consents import shares
from palier.assessments.store import Assessment, AssessmentState, Campaign, states_up_to
from palier.benchmarks.store import Contribution, is_sealed
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import NetworkMember, Organisation, as_confirmed
from palier.scoring.rules import Result
from palier.scoring.rules.record import from_plain
from palier.scoring.rules.result import TOTAL, Kind

LEAST_COVERAGE = Fraction(4, 5)
"""Share of what applies that must be answered for a round to count. Source: docs/method.md#benchmarks."""


async def collect(organisation_id: str, assessment_id: str) -> None:
    """Take the contribution of a submitted round, if it counts: consent, campaign, verified member, coverage.

    Doing it twice changes nothing; once the campaign is sealed, nothing is taken any more.
    """
    async with transaction(OnDuty(UUID(organisation_id))):
        assessment = await Assessment.get_or_none(id=UUID(assessment_id))
        if assessment is not None:
            await _take_out_superseded(assessment)
            await _collect(assessment)


async def collect_of_member(organisation_id: str, network_id: str) -> None:
    """Take what a member submitted before the network's staff verified it."""
    async with transaction(OnDuty(UUID(organisation_id))):
        rounds = Assessment.filter(
            organisation_id=UUID(organisation_id), campaign__network_id=UUID(network_id),
            state=AssessmentState.SUBMITTED,
        )  # fmt: skip
        for assessment in await rounds.order_by("submitted_at"):
            await _collect(assessment)


async def settle_consent(organisation_id: str, assessment_id: str) -> None:
    """After an answer given anew: take what a round contributes, or take it out of its campaign while that is not sealed."""
    async with transaction(OnDuty(UUID(organisation_id))):
        assessment = await Assessment.get(id=UUID(assessment_id))
        if await shares(assessment):
            await _collect(assessment)
        elif assessment.campaign_id:
            await Campaign.filter(id=assessment.campaign_id).select_for_update().get()
            if not await is_sealed(assessment.campaign_id):
                await Contribution.filter(assessment_id=assessment.id).delete()


async def _take_out_superseded(assessment: Assessment) -> None:
    """What the states before a reopening gave waits no longer, whatever the new one gives; what is sealed stays."""
    if assessment.supersedes_id is None or assessment.campaign_id is None:
        return
    await Campaign.filter(id=assessment.campaign_id).select_for_update().get()
    if not await is_sealed(assessment.campaign_id):
        states = Assessment.filter(
            id__in=await states_up_to(assessment.supersedes_id), state=AssessmentState.SUPERSEDED
        )
        superseded = [one.id for one in await states.only("id")]
        await Contribution.filter(campaign_id=assessment.campaign_id, assessment_id__in=superseded).delete()


async def _collect(assessment: Assessment) -> None:
    if assessment.campaign_id is None or not await shares(assessment):
        return
    if assessment.state is not AssessmentState.SUBMITTED:
        return  # superseded before the job ran
    # Whoever publishes holds the same lock: a contribution is sealed with the others or not taken.
    campaign = await Campaign.filter(id=assessment.campaign_id).select_for_update().get()
    result = from_plain(assessment.result)
    if await _is_open_to(campaign, assessment) and counts(result):
        await _take(assessment, campaign.network_id, result)


async def _is_open_to(campaign: Campaign, assessment: Assessment) -> bool:
    """Whether the campaign asked for this round, is not sealed yet, and knows the member."""
    if (campaign.questionnaire, campaign.major) != (assessment.questionnaire, major_of(assessment)):
        return False
    if await is_sealed(campaign.id):
        return False
    members = NetworkMember.filter(
        network_id=campaign.network_id, organisation_id=assessment.organisation_id, left_on=None
    )
    return await members.exclude(verified_at=None).filter(organisation__sandbox_until=None).exists()


def major_of(assessment: Assessment) -> int:
    """The major version: rounds on different ones are never pooled."""
    return int(assessment.version.partition(".")[0])


def counts(result: Result) -> bool:
    """Whether enough was answered for the round to be compared."""
    return result.score is not None and (result.coverage or 0) >= LEAST_COVERAGE


async def _take(assessment: Assessment, network_id: UUID, result: Result) -> None:
    declared = await Organisation.get(id=assessment.organisation_id)
    (organisation,) = await as_confirmed(network_id, [declared])
    facts: dict[str, Any] = {
        "network_id": network_id, "assessment_id": assessment.id, "attributes": attributes_of(organisation),
        "scores": scores_of(result), "given_at": now(),
    }  # fmt: skip
    waiting = Contribution.filter(campaign_id=assessment.campaign_id, organisation_id=organisation.id)
    if not await waiting.update(**facts):
        await Contribution.create(
            id=new_id(), campaign_id=assessment.campaign_id, organisation_id=organisation.id, **facts
        )


def attributes_of(organisation: Organisation) -> dict[str, str]:
    """What chooses an organisation's peers, and the legal group it counts with."""
    return {
        "group": organisation.legal_group or str(organisation.id), "family": organisation.family,
        "sector": organisation.sector, "size": organisation.size, "country": organisation.country,
        "legal_kind": organisation.legal_kind,
    }  # fmt: skip


def scores_of(result: Result) -> dict[str, str | None]:
    """What a contribution keeps: `comparable_scores` as exact fractions in text."""
    scores = comparable_scores(result)
    return {variable: None if score is None else str(score) for variable, score in scores.items()}


def comparable_scores(result: Result) -> dict[str, Fraction | None]:
    """A round's scores by variable, in points: "total", dimensions, elements, criteria.

    A dimension of which too much is not applicable leaves the comparison with all below it, and so does the
    total; the total of some dimensions only is not that of the whole. Source: docs/method.md (low comparability, scope).
    """
    hidden = {below.code for node in result.dimensions if node.low_comparability for below in node.walk()}
    hidden |= {result.total.code} if result.total.low_comparability or result.scope else set()
    return {
        TOTAL if node.kind is Kind.TOTAL else node.code: None if node.code in hidden else node.score
        for node in result.total.walk()
    }
