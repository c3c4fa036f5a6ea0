"""What one round hands on to another of the same organisation: who is asked. Call it inside the act's transaction."""

from palier.assessments.store import Assessment
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id
from palier.respondents.store import Respondent


async def carry_team(source: Assessment, target: Assessment) -> int:
    """Ask the people of `source`, in their roles, to answer `target` as well, without a date; how many that are."""
    asked = await Respondent.filter(assessment_id=source.id)
    await Respondent.bulk_create(
        Respondent(
            id=new_id(), organisation_id=target.organisation_id, assessment_id=target.id, person_id=one.person_id,
            voice=one.voice, asked_at=now(),
        )
        for one in asked
    )  # fmt: skip
    return len(asked)
