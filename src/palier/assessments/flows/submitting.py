"""Submitting a round: scored, frozen and receipted in one transaction, exactly once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from palier.assessments import store
from palier.assessments.consent_wording import wording
from palier.assessments.flows.definitions import definition_of, keep_definition
from palier.assessments.rules.asked import asked
from palier.assessments.rules.progress import Standing, States
from palier.assessments.store import (
    Answer,
    Assessment,
    AssessmentState,
    Campaign,
    Consent,
    Participation,
    Written,
)
from palier.foundation import audit, jobs, mail
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.language import current
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score
from palier.scoring.rules.record import result_hash, to_plain

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No sign that could be read as another over the telephone."""


class Unfinished(Exception):
    """Criteria nobody answered, not even by "don't know", or left out without a reason: `codes`, in order."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class GivenUp(Exception):
    """The reopening was given up meanwhile: there is nothing to submit."""


async def submit(actor: Actor, slug: str, *, name: str, consent: bool | None = None) -> Assessment:
    """Score and freeze the round; `name` is who commits the organisation, `consent` whether its scores join the benchmark.

    Once and for all: a round submitted before is returned as it stands, with its receipt, whatever is asked.
    The state a reopened one supersedes stays as it was submitted. Raises DoesNotExist, Unfinished, GivenUp.
    """
    async with transaction(actor):
        assessment = await Assessment.filter(
            organisation_id=actor.organisation_id, slug=slug
        ).select_for_update().get()  # fmt: skip
        if assessment.state is AssessmentState.GIVEN_UP:
            raise GivenUp
        if assessment.state is AssessmentState.DRAFT:
            await _freeze(actor, assessment, name=name, consent=consent)
    return assessment


async def _freeze(actor: Actor, assessment: Assessment, *, name: str, consent: bool | None) -> None:
    questionnaire = await definition_of(assessment)
    await keep_definition(questionnaire)  # rounds of the first release did not when they opened
    result = await _score(assessment, questionnaire)
    _seal(assessment, result)
    assessment.submitted_by, assessment.submitted_name = actor.person_id, name
    assessment.benchmark_consent = consent
    assessment.audit_head = await audit.record(
        actor, "assessments.submitted", f"assessment {assessment.slug}", receipt=assessment.receipt,
        result_hash=assessment.result_hash, definition_hash=assessment.definition_hash, consent=consent,
        **({} if consent is None else {"consent_wording": wording().version, "consent_hash": wording().hash}),
    )  # fmt: skip
    await assessment.save()
    if assessment.supersedes_id:
        await _supersede(actor, assessment)
    if consent is not None and assessment.campaign_id:
        await record_consent(actor, assessment, given=consent, name=name)
    await _tell(actor, assessment, questionnaire)


async def _supersede(actor: Actor, assessment: Assessment) -> None:
    """From now on the new state holds; the old one is kept whole."""
    old = await Assessment.filter(id=assessment.supersedes_id).select_for_update().get()
    old.state = AssessmentState.SUPERSEDED
    await old.save(update_fields=["state"])
    await audit.record(
        actor, "assessments.superseded", f"assessment {old.slug}", by=assessment.slug, receipt=old.receipt,
        result_hash=old.result_hash, by_receipt=assessment.receipt,
    )  # fmt: skip
    await jobs.enqueue(
        "assessment.superseded", organisation_id=actor.organisation_id, superseded_id=old.id, assessment_id=assessment.id
    )  # fmt: skip


async def record_consent(
    actor: Actor, assessment: Assessment, *, given: bool, name: str, in_time: bool = True
) -> Consent:
    """Keep what was answered about the benchmark, to which wording, by whom. Call it inside the act's transaction."""
    campaign = await Campaign.get(id=assessment.campaign_id)
    return await Consent.create(
        organisation_id=actor.organisation_id, network_id=campaign.network_id, campaign_id=campaign.id,
        assessment_id=assessment.id, given=given, in_time=in_time, version=wording().version,
        wording_hash=wording().hash, locale=current(), said_by=actor.person_id, said_name=name, said_at=now(),
    )  # fmt: skip


async def _score(assessment: Assessment, questionnaire: Questionnaire) -> Result:
    answers = await store.answers_of(assessment.id)
    codes = [criterion.code for criterion in asked(questionnaire, standings(answers)).criteria]
    if unfinished := tuple(code for code in codes if _says_nothing(answers.get(code))):
        raise Unfinished(unfinished)
    return score(questionnaire, [as_row(answer) for answer in answers.values()])


def _says_nothing(answer: Answer | None) -> bool:
    if answer is None or answer.state is store.AnswerState.BLANK:
        return True
    return answer.state is store.AnswerState.NOT_APPLICABLE and not answer.reason.strip()


def standings(answers: Mapping[str, Answer]) -> States:
    """Where the answers stand, in short."""
    return {code: Standing(row.state.value, row.to_review, row.level) for code, row in answers.items()}


def as_row(answer: Written) -> dict[str, Any]:
    """An answer as the scoring engine reads it."""
    return {
        "code": answer.code, "state": answer.state.value, "level": answer.level, "reason": answer.reason,
        "evidence": answer.evidence_grade, "value": answer.value,
    }  # fmt: skip


def _seal(assessment: Assessment, result: Result) -> None:
    assessment.state = AssessmentState.SUBMITTED
    assessment.submitted_at = now()
    assessment.result, assessment.result_hash = to_plain(result), result_hash(result)
    assessment.engine_version = result.engine
    assessment.receipt = receipt_number(assessment.id, assessment.submitted_at.year)


def receipt_number(assessment_id: UUID, year: int) -> str:
    """The number on the receipt: the year and eight signs drawn from the round's random id, "2026-7KQ4-M2XD"."""
    rest, signs = assessment_id.int & (2**62 - 1), ""
    for _ in range(8):
        rest, place = divmod(rest, len(_LETTERS))
        signs += _LETTERS[place]
    return f"{year}-{signs[:4]}-{signs[4:]}"


async def _tell(actor: Actor, assessment: Assessment, questionnaire: Questionnaire) -> None:
    if (
        assessment.campaign_id and not assessment.supersedes_id
    ):  # the network was told when it was first submitted
        await Participation.filter(
            campaign_id=assessment.campaign_id, organisation_id=actor.organisation_id
        ).update(submitted_at=assessment.submitted_at)
    await jobs.enqueue(
        "assessment.submitted", organisation_id=actor.organisation_id, assessment_id=assessment.id
    )
    await mail.write(
        actor.person.email, "assessments/mails/receipt", assessment=assessment, questionnaire=questionnaire,
        organisation=actor.organisation, paragraphs=wording().paragraphs(current()), wording=wording(),
    )  # fmt: skip
