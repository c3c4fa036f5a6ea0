"""Saying that one is done with a section, or that one comes back to it: a note for the team, which locks nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.assessments.flows.definitions import definition_of
from palier.assessments.store import Assessment, AssessmentState, Unknown, assessment_by_slug
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select, transaction


@dataclass(frozen=True, slots=True)
class Mark:
    """The last word on a section: whether it is finished, who said so and when."""

    finished: bool
    by: str
    at: datetime


async def marks_of(actor: Actor, assessment: Assessment) -> Mapping[str, Mark]:
    """The last word on each section, by its code; one's own while everybody answers alone. Call inside `reading`."""
    rows = await select(
        "select distinct on (section) section, finished, person_name, at from section_mark "
        "where assessment_id = $1 and ($2::uuid is null or person_id = $2) order by section, at desc",
        assessment.id, assessment.respondent(actor),
    )  # fmt: skip
    return {row["section"]: _mark(row) for row in rows}


async def mark(actor: Actor, slug: str, section: str, *, finished: bool) -> None:
    """Say so. Raises DoesNotExist for a section that is not asked, or once the round is submitted."""
    async with transaction(actor):
        assessment = await assessment_by_slug(actor, slug)
        try:
            (await definition_of(assessment)).element(section)
        except KeyError:
            raise Unknown("element") from None
        if assessment.state is not AssessmentState.DRAFT:
            raise Unknown("draft")
        await select(
            "insert into section_mark (assessment_id, organisation_id, section, person_id, person_name, finished, at) "
            "values ($1, $2, $3, $4, $5, $6, $7) on conflict (assessment_id, section, person_id) do update set "
            "finished = excluded.finished, person_name = excluded.person_name, at = excluded.at returning section",
            assessment.id, actor.organisation_id, section, actor.person_id, actor.person.name, finished, now(),
        )  # fmt: skip


def _mark(row: Mapping[str, Any]) -> Mark:
    return Mark(row["finished"], row["person_name"], row["at"])
