"""Somebody takes over what another was asked to answer, in every open round at once."""

from dataclasses import dataclass
from uuid import UUID

from palier.assessments.store import Assessment, AssessmentState
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.respondents.store import Assignment, Respondent, ResponseGiven


@dataclass(frozen=True, slots=True)
class Part:
    """What one person is asked in one open round. `codes` empty: everything."""

    respondent: Respondent
    assessment: Assessment
    codes: tuple[str, ...]
    begun: bool
    """They gave answers of their own there, which stay theirs: nobody takes their place."""


async def parts_of(actor: Actor, person: UUID) -> list[Part]:
    """Where `person` is asked to answer in the organisation's open rounds, by name of the round."""
    rows = Respondent.filter(
        organisation_id=actor.organisation_id, person_id=person, assessment__state=AssessmentState.DRAFT
    )
    found = await rows.select_related("assessment").order_by("assessment__name")
    own = {"assessment_id__in": [row.assessment_id for row in found], "person_id": person}
    codes: dict[UUID, list[str]] = {}
    for one in await Assignment.filter(**own).order_by("code") if found else ():
        codes.setdefault(one.assessment_id, []).append(one.code)
    begun = {one.assessment_id for one in await ResponseGiven.filter(**own)} if found else set()
    return [
        Part(row, row.assessment, tuple(codes.get(row.assessment_id, ())), row.assessment_id in begun)
        for row in found
    ]


async def pass_on(actor: Actor, before: UUID, after: UUID) -> int:
    """Ask `after` what `before` was asked, in the caller's transaction; how many rounds that concerned.

    Where `before` has begun answering alone nothing changes.
    """
    parts = [one for one in await parts_of(actor, before) if not one.begun]
    for part in parts:
        await _pass_one_on(actor, part, after)
    return len(parts)


async def _pass_one_on(actor: Actor, part: Part, after: UUID) -> None:
    row, before = part.respondent, part.respondent.person_id
    if await Respondent.exists(assessment_id=row.assessment_id, person_id=after):
        await _join(part, after)
    else:
        await Assignment.filter(assessment_id=row.assessment_id, person_id=before).update(person_id=after)
        await Respondent.filter(id=row.id).update(person_id=after)
    await audit.record(
        actor, "team.passed_on", f"assessment {part.assessment.slug}", before=before, after=after,
        codes=" ".join(part.codes),
    )  # fmt: skip


async def _join(part: Part, after: UUID) -> None:
    """`after` is asked there already: what both were asked is asked once, and whoever is asked everything still is."""
    row = part.respondent
    mine = Assignment.filter(assessment_id=row.assessment_id, person_id=row.person_id)
    theirs = [one.code for one in await Assignment.filter(assessment_id=row.assessment_id, person_id=after)]
    if theirs and part.codes:
        await mine.exclude(code__in=theirs).update(person_id=after)
    elif theirs:
        await Assignment.filter(assessment_id=row.assessment_id, person_id=after).delete()
    await mine.delete()
    await row.delete()
