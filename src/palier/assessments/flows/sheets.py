"""What the answering screens show, read in one go: one criterion, one section, the whole round.

They only read: call them inside `reading(actor)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.assessments import store
from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.asked import asked
from palier.assessments.rules.assigned import assigned
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.history import Change, changes_from
from palier.assessments.rules.progress import Progress, Standing, States, left_among, progress
from palier.assessments.store import Answer, Assessment, Unknown, Written
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.questionnaires.rules import Criterion, Element, Grade, Questionnaire
from palier.respondents import store as respondents
from palier.scoring.rules.answers import State


@dataclass(frozen=True, slots=True)
class Desk:
    """A round and how far it is: what every answering screen has around its own content.

    While everybody answers alone, `states` are those of the person at the desk.
    `questionnaire` holds what is asked now; `whole` the criteria hidden by a condition too.
    """

    assessment: Assessment
    questionnaire: Questionnaire
    states: States
    whole: Questionnaire
    mine: frozenset[str] = frozenset()
    """Criteria assigned to the person at the desk, of those asked now: where they start, never all they may answer."""

    @property
    def mine_left(self) -> int:
        """How many of those have no answer."""
        return left_among(self.states, self.mine)

    @property
    def progress(self) -> Progress:
        return progress(self.questionnaire, self.states)

    @property
    def frozen(self) -> bool:
        """Whether the round was submitted."""
        return self.assessment.state is not store.AssessmentState.DRAFT

    @property
    def agreeing(self) -> bool:
        """Whether individual answers were opened: from then on an answer comes of an agreement."""
        return self.assessment.mode is store.Mode.INDIVIDUAL and not self.assessment.blind and not self.frozen


@dataclass(frozen=True, slots=True)
class LastRound:
    """The round submitted before, by its answers."""

    assessment: Assessment
    answers: Mapping[str, Answer]

    @property
    def levels(self) -> dict[str, int]:
        """The levels given, by criterion code."""
        return {code: row.level for code, row in self.answers.items() if row.level is not None}


@dataclass(frozen=True, slots=True)
class Said:
    """What one person answered alone; without a name where the round shows none."""

    name: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Sheet:
    """One criterion with its answer so far; `revision` 0 means nobody touched it."""

    desk: Desk
    criterion: Criterion
    answer: Draft
    revision: int
    history: tuple[Change, ...]
    before: LastRound | None
    by: str = ""
    said: tuple[Said, ...] = ()
    """What everybody answered, oneself included, while a round is answered alone: nothing before one's own answer."""


@dataclass(frozen=True, slots=True)
class SectionSheet:
    """One element with every answer, for reviewers and fast writers."""

    desk: Desk
    element: Element
    answers: Mapping[str, Written]
    before: LastRound | None


async def load_desk(actor: Actor, slug: str) -> Desk:
    """The round `slug` and its states. Raises DoesNotExist."""
    assessment = await store.assessment_by_slug(actor, slug)
    whole = await definition_of(assessment)
    states = await states_for(actor, assessment)
    questionnaire = asked(whole, states)
    mine = assigned(questionnaire, await codes_assigned(actor, slug))
    return Desk(assessment, questionnaire, states, whole, mine)


async def load_desks(actor: Actor, rounds: Sequence[Assessment]) -> list[Desk]:
    """The `rounds` as `load_desk` reads each, in as many statements for all as for one."""
    own = [one.id for one in rounds if one.respondent(actor)]
    states = await _states_in("answer", [one.id for one in rounds if one.id not in own])
    states |= await _states_in("response", own, actor.person_id)
    sql = "select assessment_id, code from assignment where organisation_id = $1 and person_id = $2"
    codes: dict[UUID, list[str]] = {}
    for row in await select(sql, actor.organisation_id, actor.person_id):
        codes.setdefault(row["assessment_id"], []).append(row["code"])
    found = []
    for one in rounds:
        whole, stand = await definition_of(one), states.get(one.id, {})
        shown = asked(whole, stand)
        found.append(Desk(one, shown, stand, whole, assigned(shown, codes.get(one.id, []))))
    return found


_STATES = {
    "answer": "select assessment_id, code, state, to_review, level from answer where assessment_id = any($1)",
    "response": "select assessment_id, code, state, to_review, level from response where assessment_id = any($1) and person_id = $2",
}


async def _states_in(table: str, rounds: Sequence[UUID], *who: UUID) -> dict[UUID, dict[str, Standing]]:
    found: dict[UUID, dict[str, Standing]] = {}
    for row in await select(_STATES[table], list(rounds), *who) if rounds else ():
        states = found.setdefault(row["assessment_id"], {})
        states[row["code"]] = Standing(row["state"], row["to_review"], row["level"])
    return found


async def codes_assigned(actor: Actor, slug: str) -> list[str]:
    """The elements and criteria of the round `slug` that are assigned to `actor`."""
    sql = (
        "select g.code from assignment g join assessment r on r.id = g.assessment_id "
        "where r.organisation_id = $1 and r.slug = $2 and g.person_id = $3"
    )
    rows = await select(sql, actor.organisation_id, slug, actor.person_id)
    return [row["code"] for row in rows]


async def assignees(actor: Actor, desk: Desk) -> dict[str, list[str]]:
    """Names of those to whom an element, or a criterion of it, is assigned, by element code."""
    sql = (
        "select g.code, p.name from assignment g join person p on p.id = g.person_id "
        "where g.organisation_id = $1 and g.assessment_id = $2 order by p.name, g.code"
    )
    found: dict[str, list[str]] = {}
    holders = {c.code: c.element_code for c in desk.whole.criteria}
    for row in await select(sql, actor.organisation_id, desk.assessment.id):
        names = found.setdefault(holders.get(row["code"], row["code"]), [])
        if row["name"] not in names:
            names.append(row["name"])
    return found


async def load_sheet(actor: Actor, slug: str, code: str) -> Sheet:
    """The criterion `code` of the round `slug`. Raises DoesNotExist for either."""
    desk = await load_desk(actor, slug)
    try:
        criterion = desk.whole.criterion(code)
    except KeyError:
        raise Unknown("criterion") from None
    row, changes = await _written(desk.assessment, code, desk.assessment.respondent(actor))
    history = changes_from(changes)
    before = await load_last_round(actor, desk.assessment, code)
    return Sheet(
        desk,
        criterion,
        draft_of(row),
        row.revision if row else 0,
        history,
        before,
        row.updated_name if row else "",
        await _said(actor, desk.assessment, code),
    )


async def load_section(actor: Actor, slug: str, element: str) -> SectionSheet:
    """The element `element` of the round `slug`. Raises DoesNotExist for either."""
    desk = await load_desk(actor, slug)
    try:
        found = desk.questionnaire.element(element)
    except KeyError:
        raise Unknown("element") from None
    answers = await written_by(desk.assessment, desk.assessment.respondent(actor))
    return SectionSheet(desk, found, answers, await load_last_round(actor, desk.assessment))


async def _said(actor: Actor, assessment: Assessment, code: str) -> tuple[Said, ...]:
    """Everybody's own answers to one criterion, as far as the database shows them to `actor`, who stands first."""
    if not assessment.blind:
        return ()
    rows = await respondents.responses_to(assessment.id, code)
    rows.sort(key=lambda row: row.person_id != actor.person_id)
    return tuple(Said(row.updated_name if assessment.names_shown else "", draft_of(row)) for row in rows)


async def states_for(actor: Actor, assessment: Assessment) -> States:
    """Where the answers stand that `actor` sees on the answering screens: their own while everybody answers alone."""
    if own := assessment.respondent(actor):
        rows = await respondents.own_responses(assessment.id, own)
        return {code: Standing(row.state.value, row.to_review, row.level) for code, row in rows.items()}
    return await store.states_of(assessment.id)


async def written_by(assessment: Assessment, respondent: UUID | None) -> Mapping[str, Written]:
    """The answers an answering screen edits, by criterion code: a respondent's own, or the shared ones for None."""
    if respondent:
        return await respondents.own_responses(assessment.id, respondent)
    return await store.answers_of(assessment.id)


async def _written(
    assessment: Assessment, code: str, respondent: UUID | None
) -> tuple[Written | None, Sequence[Mapping[str, Any]]]:
    """One answer with its last changes."""
    if respondent:
        row = await respondents.own_response(assessment.id, code, respondent)
        return row, await respondents.own_changes(assessment.id, code, respondent) if row else ()
    shared = await store.answer_of(assessment.id, code)
    return shared, await store.recent_changes(assessment.id, code) if shared else ()


async def load_last_round(actor: Actor, assessment: Assessment, code: str | None = None) -> LastRound | None:
    """The round submitted before `assessment`, with all its answers or the one to `code`; None at the first."""
    before = await store.round_before(actor, assessment)
    if before is None:
        return None
    if code is None:
        return LastRound(before, await store.answers_of(before.id))
    row = await store.answer_of(before.id, code)
    return LastRound(before, {code: row} if row else {})


async def people_to_ask(actor: Actor) -> list[str]:
    """Names of the organisation's owners and leads, for somebody who may only read."""
    sql = (
        "select p.name from membership m join person p on p.id = m.person_id "
        "where m.organisation_id = $1 and m.role in ('lead', 'owner') order by m.role, m.created_at"
    )
    return [row["name"] for row in await select(sql, actor.organisation_id)]


def draft_of(row: Written | None) -> Draft:
    """A stored answer as the content a form edits."""
    if row is None:
        return Draft()
    return Draft(
        State(row.state.value), row.level, row.reason, row.rationale, Grade(row.evidence_grade), row.evidence,
        row.evidence_link, row.to_review, row.value,
    )  # fmt: skip
