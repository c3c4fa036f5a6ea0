"""What one round hands on to another of the same organisation. Call it inside the act's transaction."""

from uuid import UUID

from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.questionnaires.rules import Questionnaire
from palier.respondents.store import Assignment, Respondent


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
        codes = {one.code for one in (*asked.elements, *asked.criteria)}
        parts = await Assignment.filter(assessment_id=source.id, person_id__in=people, code__in=list(codes))
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
