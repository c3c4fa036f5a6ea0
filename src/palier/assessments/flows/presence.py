"""Who is writing at a criterion: a hint that lives for seconds, in rounds answered together and nowhere else.

While everybody answers alone nobody is told who works on what; the database refuses to write it down (migration 0026).
"""

from dataclasses import dataclass
from enum import StrEnum

from palier.assessments.store import Assessment, AssessmentState, Mode, Unknown, assessment_by_slug
from palier.foundation.actor import Actor
from palier.foundation.database import select, transaction

SECONDS = 45
"""How long somebody counts as being there after the last sign of life; pages give one every fifteen seconds of writing."""


class Doing(StrEnum):
    """What somebody is at."""

    ANSWER = "answer"
    RATIONALE = "rationale"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who is writing at the criterion."""

    name: str
    doing: Doing


def announces(assessment: Assessment) -> bool:
    """Whether who writes where is told in this round."""
    return assessment.mode is Mode.TOGETHER and assessment.state is AssessmentState.DRAFT


async def announce(actor: Actor, slug: str, code: str, doing: Doing) -> bool:
    """Say that the actor is writing at `code`; False where that is not told. Five seconds apart at most. Raises Unknown."""
    if len(code) > 30:
        raise Unknown("criterion")
    async with transaction(actor):
        sql = "select announce_presence($1, $2, $3, $4) as told"
        rows = await select(sql, slug, code, doing.value, actor.person.name)
        told = bool(rows[0]["told"])
        if not told:
            await assessment_by_slug(actor, slug)  # there is such a round, or a stranger is told there is not
    return told


async def others_at(actor: Actor, assessment: Assessment, code: str) -> list[Present]:
    """Who else is writing at `code`, by name. Call inside `reading`."""
    if not announces(assessment):
        return []
    sql = (
        "select person_name, doing from presence where assessment_id = $1 and code = $2 and person_id <> $3 "
        "and at > now() - make_interval(secs => $4) order by person_name, person_id"
    )
    rows = await select(sql, assessment.id, code, actor.person_id, float(SECONDS))
    return [Present(row["person_name"], Doing(row["doing"])) for row in rows]
