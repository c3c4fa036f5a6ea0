"""Answers that come back from a workbook or a PDF form: kept and shown first, saved once when confirmed, then the file is forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from palier.assessments import store
from palier.assessments.flows.answering import Outcome, save_in
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.filled_files import check_content, content_of, filled_in
from palier.assessments.flows.sheets import draft_of, written_by
from palier.assessments.rules.answer_lines import AnswerLine, Fault
from palier.assessments.rules.answer_merging import Change, History, Merged, Standing, merge, stale
from palier.assessments.rules.drafts import draft_from
from palier.assessments.rules.history import source_of
from palier.assessments.store import Assessment, AssessmentState, Mode
from palier.foundation import audit, brought_files, operations
from palier.foundation.actor import Actor
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.pdf_forms import is_pdf
from palier.foundation.store import BroughtFile
from palier.questionnaires.rules import Questionnaire
from palier.respondents import store as respondents


class Frozen(Exception):
    """The round was submitted, or its individual answers were opened: no file changes it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do to the round as it is now. `faults` are in order of line; a line with one is left out.

    `form`: it is no workbook, so that its lines are criteria. `filled_by` is who says they filled it in.
    """

    file: BroughtFile
    assessment: Assessment
    questionnaire: Questionnaire
    merged: Merged
    faults: Sequence[Fault] = ()
    ignored: Sequence[str] = ()
    filled_by: str = ""
    form: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file did: answers saved, and answers left alone because somebody else changed them."""

    saved: int
    kept: int


def subject_of(assessment: Assessment) -> str:
    """What a file of its answers is kept for."""
    return f"assessment {assessment.id}"


async def bring(actor: Actor, slug: str, name: str, data: bytes, op: UUID) -> UUID:
    """Keep a workbook or a form to look at; its id. No answer changes.

    Raises DoesNotExist, Frozen, BadWorkbook, BadForm, NotForHere, AlreadyDone.
    """
    content = await content_of(data)
    async with transaction(actor):
        assessment = await _open_round(actor, slug)
        await check_content(content, assessment)
        file = new_id()
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/e/{slug}/data/{file}")
        await brought_files.keep(actor, file, subject_of(assessment), name, data)
    return file


async def _open_round(actor: Actor, slug: str) -> Assessment:
    assessment = await store.assessment_by_slug(actor, slug)
    if not takes_back(assessment):
        raise Frozen
    return assessment


def takes_back(assessment: Assessment) -> bool:
    """Whether files may still change the round: it is not submitted, nor are individual answers opened."""
    opened = assessment.mode is Mode.INDIVIDUAL and not assessment.blind
    return assessment.state is AssessmentState.DRAFT and not opened


async def preview(actor: Actor, slug: str, file: UUID) -> Preview:
    """What the file would do. Call inside `reading(actor)`. Raises DoesNotExist."""
    assessment = await store.assessment_by_slug(actor, slug)
    return await _preview(actor, assessment, await brought_files.brought(actor, subject_of(assessment), file))


async def _preview(actor: Actor, assessment: Assessment, file: BroughtFile) -> Preview:
    asked = await definition_of(assessment)
    if file.content is None:
        return Preview(file, assessment, asked, Merged((), (), 0))
    content = await content_of(file.content)
    own = assessment.respondent(actor)
    stands = await _standing(assessment, own)
    drafts = {code: one.draft for code, one in stands.items()}
    said = filled_in(content, assessment, asked, drafts)
    merged = merge(said.lines, stands, await _history(assessment, own, said.lines, stands))
    faults = sorted(said.faults, key=lambda one: one.line)
    return Preview(file, assessment, asked, merged, faults, said.ignored, said.by, is_pdf(file.content))


async def _standing(assessment: Assessment, own: UUID | None) -> dict[str, Standing]:
    rows = await written_by(assessment, own)
    return {code: Standing(draft_of(row), row.revision, row.updated_name) for code, row in rows.items()}


async def _history(
    assessment: Assessment, own: UUID | None, lines: Sequence[AnswerLine], stands: Mapping[str, Standing]
) -> History:
    """The answers as they were when they were taken away, where they changed since."""
    codes = stale(lines, stands)
    if not codes:
        return {}
    events = await (
        respondents.own_events(assessment.id, codes, own) if own else store.events_of(assessment.id, codes)
    )
    return {(event.code, event.revision): draft_from(event.after) for event in events}


async def carry_out(actor: Actor, slug: str, file: UUID, overrule: Mapping[str, int]) -> Brought:
    """Save what the preview showed, and the conflicts in `overrule` (revision seen, by code). Once: then nothing happens.

    The round is read again: an answer somebody changed meanwhile is compared anew, and left alone where both changed it.
    Raises DoesNotExist, Frozen.
    """
    async with transaction(actor):
        assessment = await store.assessment_by_slug(actor, slug)
        row = await brought_files.brought(actor, subject_of(assessment), file, locked=True)
        if row.applied_at or row.content is None:
            return Brought(**row.outcome)
        await _open_round(actor, slug)
        found = await _preview(actor, assessment, row)
        wanted = [one for one in found.merged.conflicts if overrule.get(one.line.code) == one.before.revision]
        await select("select set_config('app.source', $1, true)", source_of(row.name, found.filled_by))
        saved = [await _save(actor, slug, row, one) for one in (*found.merged.changed, *wanted)]
        done = Brought(sum(saved), saved.count(False) + len(found.merged.conflicts) - len(wanted))
        await brought_files.carried_out(row, {"saved": done.saved, "kept": done.kept})
        await audit.record(
            actor, "assessments.answers_brought", f"assessment {slug}", file=row.name, sha256=row.sha256,
            saved=done.saved, kept=done.kept, faults=len(found.faults),
        )  # fmt: skip
    return done


async def _save(actor: Actor, slug: str, file: BroughtFile, change: Change) -> bool:
    """Whether the answer is on record; somebody may save between our reading and this."""
    code = change.line.code
    saved = await save_in(
        actor, slug, code, change.after, op=uuid5(file.id, code), base=change.before.revision
    )
    if saved.outcome in (Outcome.SUBMITTED, Outcome.OPENED):
        raise Frozen
    return saved.stands
