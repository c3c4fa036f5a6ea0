"""Writing invented rounds: many rows at once, but the very rows the product would have written.

Results come from the engine, histories and audit entries stand behind every answer, contributions are those of
`palier.benchmarks.flows.contributing`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from palier.assessments.flows.submitting import receipt_number
from palier.assessments.store import Assessment, AssessmentState, Campaign, Participation
from palier.benchmarks.flows.contributing import attributes_of, counts, scores_of
from palier.benchmarks.store import Contribution
from palier.demo.rules.answers import Given
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.foundation.identifiers import new_id, slugify
from palier.network.store import Organisation
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score
from palier.scoring.rules.record import result_hash, to_plain


@dataclass(frozen=True, slots=True)
class PlantedRound:
    """A round that was written, and its result when it was submitted."""

    assessment: Assessment
    result: Result | None


async def plant_round(
    actor: Actor, questionnaire: Questionnaire, given: Sequence[Given], *, name: str, opened: datetime,
    submitted: datetime | None, closes_on: date, campaign: Campaign | None = None,
    rationales: Mapping[str, str] | None = None,
) -> PlantedRound:  # fmt: skip
    """Write one round with its answers, in the caller's transaction for `actor`; submitted when a time is given."""
    assessment = Assessment(
        id=new_id(), organisation_id=actor.organisation_id, slug=slugify(f"{questionnaire.id} {name}"), name=name,
        questionnaire=questionnaire.id, version=questionnaire.version, definition_hash=questionnaire.content_hash,
        campaign_id=campaign.id if campaign else None, opens_on=opened.date(), closes_on=closes_on, created_by=actor.person_id,
        created_at=opened,
    )  # fmt: skip
    await assessment.save(force_create=True)
    await audit.record(
        actor, "assessments.opened", f"assessment {assessment.slug}", questionnaire=questionnaire.key
    )
    await _write_answers(actor, assessment, given, opened, rationales or {})
    result = None
    if submitted:
        result = await _submit(actor, assessment, questionnaire, given, submitted)
    if campaign:
        await Participation.create(
            id=new_id(), network_id=campaign.network_id, campaign_id=campaign.id, organisation_id=actor.organisation_id,
            started_at=opened, submitted_at=submitted,
        )  # fmt: skip
    return PlantedRound(assessment, result)


async def contribute(
    actor: Actor, planted: PlantedRound, campaign: Campaign, organisation: Organisation
) -> None:
    """What the round brings to its campaign, if it counts; in the caller's transaction."""
    if planted.result is None or not counts(planted.result):
        return
    await Contribution.create(
        id=new_id(), network_id=campaign.network_id, campaign_id=campaign.id, organisation_id=actor.organisation_id,
        assessment_id=planted.assessment.id, attributes=attributes_of(organisation), scores=scores_of(planted.result),
        given_at=planted.assessment.submitted_at,
    )  # fmt: skip


async def _write_answers(
    actor: Actor,
    assessment: Assessment,
    given: Sequence[Given],
    opened: datetime,
    rationales: Mapping[str, str],
) -> None:
    lines = [
        _line(one, opened + timedelta(hours=7 * n % 190, minutes=11 * n % 60), rationales.get(one.code, ""))
        for n, one in enumerate(given)
    ]
    payload = json.dumps(lines)
    await select(
        "insert into answer (id, organisation_id, assessment_id, code, state, level, reason, rationale, evidence_grade, evidence, "
        "evidence_link, to_review, revision, updated_by, updated_name, updated_at) "
        "select gen_random_uuid(), $2, $3, r.code, r.state, r.level, r.reason, r.rationale, r.evidence_grade, r.evidence, '', false, 1, "
        "$4, $5, r.at from jsonb_to_recordset($1::jsonb) as r(code text, state text, level smallint, reason text, rationale text, "
        "evidence_grade text, evidence text, at timestamptz) returning 1",
        payload, actor.organisation_id, assessment.id, actor.person_id, actor.person.name,
    )  # fmt: skip
    await select(
        "insert into answer_event (op, organisation_id, assessment_id, code, revision, person_id, person_name, at, before, after) "
        "select gen_random_uuid(), $2, $3, r->>'code', 1, $4, $5, (r->>'at')::timestamptz, null, r - 'code' - 'at' "
        "from jsonb_array_elements($1::jsonb) as r returning 1",
        payload, actor.organisation_id, assessment.id, actor.person_id, actor.person.name,
    )  # fmt: skip


def _line(one: Given, at: datetime, rationale: str) -> dict[str, Any]:
    return {
        "code": one.code, "state": one.state.value, "level": one.level, "reason": one.reason, "rationale": rationale,
        "evidence_grade": one.grade.value, "evidence": "", "evidence_link": "", "to_review": False, "at": at.isoformat(),
    }  # fmt: skip


async def _submit(
    actor: Actor, assessment: Assessment, questionnaire: Questionnaire, given: Sequence[Given], at: datetime
) -> Result:
    result = score(questionnaire, [
        {"code": one.code, "state": one.state.value, "level": one.level, "reason": one.reason, "evidence": one.grade.value} for one in given
    ])  # fmt: skip
    assessment.state, assessment.submitted_at = AssessmentState.SUBMITTED, at
    assessment.submitted_by, assessment.submitted_name = actor.person_id, actor.person.name
    assessment.benchmark_consent = True
    assessment.result, assessment.result_hash, assessment.engine_version = (
        to_plain(result),
        result_hash(result),
        result.engine,
    )
    assessment.receipt = receipt_number(assessment.id, at.year)
    assessment.audit_head = await audit.record(
        actor, "assessments.submitted", f"assessment {assessment.slug}", receipt=assessment.receipt,
        result_hash=assessment.result_hash, definition_hash=assessment.definition_hash, consent=True,
    )  # fmt: skip
    await assessment.save()
    return result
