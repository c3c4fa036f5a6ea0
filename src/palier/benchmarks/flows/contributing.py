"""A submitted round becomes a contribution that waits for its campaign to be sealed."""

from fractions import Fraction
from uuid import UUID

from palier.assessments.store import Assessment
from palier.benchmarks.store import Contribution
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import NetworkMember, Organisation
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
        assessment = await Assessment.get_or_none(id=UUID(assessment_id)).prefetch_related("campaign")
        if assessment is None or not assessment.benchmark_consent or assessment.campaign is None:
            return
        network_id = assessment.campaign.network_id
        member = await NetworkMember.get_or_none(
            network_id=network_id, organisation_id=assessment.organisation_id, left_on=None
        )
        result = from_plain(assessment.result)
        if member is None or member.verified_at is None or not counts(result):
            return
        await _take(assessment, network_id, result)


def counts(result: Result) -> bool:
    """Whether enough was answered, and little enough set aside, for the total to be compared."""
    return (
        result.score is not None
        and (result.coverage or 0) >= LEAST_COVERAGE
        and not any(node.low_comparability for node in result.dimensions)
    )


async def _take(assessment: Assessment, network_id: UUID, result: Result) -> None:
    organisation = await Organisation.get(id=assessment.organisation_id)
    waiting = await Contribution.get_or_none(
        campaign_id=assessment.campaign_id, organisation_id=organisation.id
    )
    if waiting is not None and waiting.scores is None:
        return  # sealed: what comes later waits for the next campaign
    facts = {
        "network_id": network_id, "assessment_id": assessment.id, "attributes": attributes_of(organisation),
        "scores": scores_of(result), "given_at": now(),
    }  # fmt: skip
    if waiting is None:
        await Contribution.create(
            id=new_id(), campaign_id=assessment.campaign_id, organisation_id=organisation.id, **facts
        )
    else:
        await Contribution.filter(id=waiting.id).update(**facts)


def attributes_of(organisation: Organisation) -> dict[str, str]:
    """What chooses an organisation's peers, and the legal group it counts with."""
    return {
        "group": organisation.legal_group or str(organisation.id), "family": organisation.family,
        "sector": organisation.sector, "size": organisation.size, "country": organisation.country,
        "legal_kind": organisation.legal_kind,
    }  # fmt: skip


def scores_of(result: Result) -> dict[str, str | None]:
    """Every variable of a round as an exact fraction in text: "total", dimensions, elements, criteria.

    A dimension set aside by more than 30 % is left out with everything below it.
    """
    hidden = {below.code for node in result.dimensions if node.low_comparability for below in node.walk()}
    return {
        TOTAL if node.kind is Kind.TOTAL else node.code: None
        if node.score is None or node.code in hidden
        else str(node.score)
        for node in result.total.walk()
    }
