"""What one round hands on to another of the same organisation. Call it inside the act's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.assessments import store
from palier.assessments.flows.definitions import definition_of
from palier.assessments.store import AnswerState, Assessment, AssessmentState
from palier.evidence.flows.attaching import carry_evidence
from palier.evidence.flows.reading import evidence_standing
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.questionnaires.rules import Criterion, Questionnaire
from palier.questionnaires.rules.versions import changed_between
from palier.respondents.store import Assignment, Respondent


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the next round is to start with, of the round `slug`."""

    slug: str
    team: bool = True
    assigned: bool = True
    """With the sections and criteria they had; says nothing without the team."""
    evidence: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """The round before, as the one to be opened sees it: what can be carried over, and what became of its criteria.

    Answers are never among it: they are shown beside each criterion, and so are reasons why one did not apply.
    """

    assessment: Assessment
    team: int
    assigned: int
    """Sections and criteria that were assigned."""
    evidence: int
    """Pieces attached that still hold, of criteria asked in the same words."""
    reasons: int
    """Criteria that did not apply, each with its reason."""
    same: Sequence[Criterion]
    changed: Sequence[Criterion]
    new: Sequence[Criterion]
    dropped: Sequence[Criterion]


async def load_source(actor: Actor, asked: Questionnaire, slug: str = "") -> Source | None:
    """The submitted round `slug` on the questionnaire, else the last one; None at a first. Call inside `reading(actor)`."""
    rounds = await store.submitted_rounds(actor, asked.id)
    named = [one for one in rounds if one.slug == slug]
    return await _source(actor, (named or rounds)[-1], asked) if rounds else None


async def _source(actor: Actor, before: Assessment, asked: Questionnaire) -> Source:
    was = await definition_of(before)
    same, changed = _compared(was, asked)
    people = await _who_still_belong(actor, before)
    held = await evidence_standing(actor, before.id, today(actor.person.time_zone))
    answers = await store.answers_of(before.id)
    codes, kept = {one.code for one in asked.criteria}, {one.code for one in same}
    left_out = [
        row for code, row in answers.items() if row.state is AnswerState.NOT_APPLICABLE and code in codes
    ]
    return Source(
        before, len(people), await Assignment.filter(assessment_id=before.id, person_id__in=people).count(),
        sum(one.attached - len(one.expired) for code, one in held.items() if code in kept),
        sum(bool(row.reason.strip()) for row in left_out), same, changed,
        [one for one in asked.criteria if one.code not in was.index.positions],
        [one for one in was.criteria if one.code not in codes],
    )  # fmt: skip


def _compared(was: Questionnaire, asked: Questionnaire) -> tuple[list[Criterion], list[Criterion]]:
    """The criteria of both, asked in the same words and not."""
    otherwise = changed_between(was, asked)
    common = [one for one in asked.criteria if one.code in was.index.positions]
    return [one for one in common if one.code not in otherwise], [
        one for one in common if one.code in otherwise
    ]


async def carry_over(
    actor: Actor, wanted: Wanted, target: Assessment, asked: Questionnaire
) -> dict[str, int]:
    """Hand on to `target` what is `wanted` of the round before; how much that was. Raises DoesNotExist."""
    before = await store.assessment_by_slug(actor, wanted.slug)
    if before.state is not AssessmentState.SUBMITTED or before.questionnaire != target.questionnaire:
        raise store.Unknown("assessment")
    done = {"team": 0, "evidence": 0}
    if wanted.team:
        done["team"] = await carry_team(actor, before, target, asked, assigned=wanted.assigned)
    if wanted.evidence:
        same, _changed = _compared(await definition_of(before), asked)
        codes = {one.code for one in same}
        day = today(actor.person.time_zone)
        done["evidence"] = await carry_evidence(actor, before.id, target.id, day, codes=codes)
    return done


async def carry_team(
    actor: Actor, source: Assessment, target: Assessment, asked: Questionnaire, *, assigned: bool = True
) -> int:
    """Ask the people of `source` who still belong, in their roles, to answer `target` as well; how many that are.

    `assigned`: with the sections and criteria they had, where `asked` still has them. No date is carried.
    """
    people = await _who_still_belong(actor, source)
    team = await Respondent.filter(assessment_id=source.id, person_id__in=people)
    await Respondent.bulk_create(
        Respondent(
            id=new_id(), organisation_id=target.organisation_id, assessment_id=target.id, person_id=one.person_id,
            voice=one.voice, asked_at=now(),
        )
        for one in team
    )  # fmt: skip
    if assigned:
        codes = [
            *(element.code for element in asked.elements),
            *(criterion.code for criterion in asked.criteria),
        ]
        parts = await Assignment.filter(assessment_id=source.id, person_id__in=people, code__in=codes)
        await Assignment.bulk_create(
            Assignment(
                id=new_id(), organisation_id=target.organisation_id, assessment_id=target.id, person_id=one.person_id,
                code=one.code, assigned_at=now(),
            )
            for one in parts
        )  # fmt: skip
    return len(team)


async def _who_still_belong(actor: Actor, source: Assessment) -> list[UUID]:
    """Members, and consultants whose mandate runs."""
    sql = (
        "select r.person_id from respondent r where r.assessment_id = $1 and ("
        "exists (select from membership m where m.organisation_id = $2 and m.person_id = r.person_id) or "
        "exists (select from mandate d where d.organisation_id = $2 and d.consultant_id = r.person_id "
        "and d.revoked_at is null and d.ends_on >= current_date))"
    )
    return [row["person_id"] for row in await select(sql, source.id, actor.organisation_id)]
