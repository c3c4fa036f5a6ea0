"""Proposals of an earlier flash, read beside a round, and confirmed one by one or together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from palier.assessments import store
from palier.assessments.flows.answering import Outcome, answer_criterion
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.sheets import Desk, draft_of, load_desk
from palier.assessments.rules.drafts import CHOOSABLE, Draft
from palier.assessments.rules.progress import NOTHING
from palier.assessments.rules.proposals import Proposal, proposals
from palier.assessments.store import Answer, Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.questionnaires.catalogue import UnknownQuestionnaire, latest
from palier.questionnaires.rules import Grade, Questionnaire
from palier.scoring.rules.answers import State


@dataclass(frozen=True, slots=True)
class Offered:
    """What one submitted round proposes for another still open, by criterion code; `rows` are its own answers."""

    source: Assessment
    flash: Questionnaire
    proposals: Mapping[str, Proposal]
    rows: Mapping[str, Answer]

    def draft(self, code: str) -> Draft:
        """The proposal as an answer: the matching level, with what was written and shown for it."""
        proposal = self.proposals[code]
        given = draft_of(self.rows[proposal.source.code])
        grade = given.evidence_grade if given.evidence_grade in CHOOSABLE else Grade.MEASURED
        return replace(given, level=proposal.level, evidence_grade=grade, to_review=False, value=None)


async def load_offered(actor: Actor, desk: Desk, only: str | None = None) -> Offered | None:
    """Proposals for criteria nobody has answered (all, or the one named), of the latest round that has any.

    Only reads: call it inside `reading(actor)`.
    """
    if desk.frozen or desk.agreeing or (only and _is_answered(desk, only)):
        return None
    for source in await store.last_submitted_elsewhere(actor, desk.assessment.questionnaire):
        flash = await definition_of(source)
        wanted = _wanted(desk, flash, only)
        if wanted and (offered := await _offered(desk, source, flash, wanted)):
            return offered
    return None


def _is_answered(desk: Desk, code: str) -> bool:
    return desk.states.get(code, NOTHING).state != State.BLANK


def _wanted(desk: Desk, flash: Questionnaire, only: str | None) -> set[str]:
    """Criteria without an answer that the flash's newest version speaks about."""
    matched = {code for criterion in _newest(flash).criteria for code in criterion.matches}
    asked = {only} if only else desk.questionnaire.index.positions.keys()
    return {code for code in matched & asked if not _is_answered(desk, code)}


def _newest(flash: Questionnaire) -> Questionnaire:
    try:
        return latest(flash.id)
    except UnknownQuestionnaire:
        return flash


async def _offered(desk: Desk, source: Assessment, flash: Questionnaire, wanted: set[str]) -> Offered | None:
    rows = await store.answers_of(source.id)
    levels = {
        code: row.level
        for code, row in rows.items()
        if row.state is store.AnswerState.ANSWERED and row.level is not None
    }
    found = proposals(desk.questionnaire, flash, _newest(flash), levels)
    kept = {code: proposal for code, proposal in found.items() if code in wanted}
    return Offered(source, flash, kept, rows) if kept else None


async def confirm(actor: Actor, slug: str, codes: Iterable[str], *, op: UUID) -> int:
    """Make answers of the proposals for `codes`; the number saved. What somebody answered meanwhile stays.

    The same `op` again changes nothing. Raises DoesNotExist for an unknown round.
    """
    async with reading(actor):
        desk = await load_desk(actor, slug)
        offered = await load_offered(actor, desk)
    saved = 0
    for code in dict.fromkeys(codes):
        if offered and code in offered.proposals:
            done = await answer_criterion(actor, slug, code, offered.draft(code), op=uuid5(op, code), base=0)
            saved += done.outcome is Outcome.SAVED
    return saved
