"""Reopening a submitted round: its answers go on in a further state, and what was submitted stays as it is (ADR 0016)."""

from dataclasses import dataclass
from enum import StrEnum

from palier.assessments import store
from palier.assessments.flows.answering import free_slug
from palier.assessments.flows.carrying import carry_team
from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.campaign_state import Sealed
from palier.assessments.store import Answer, Assessment, AssessmentState, Campaign
from palier.evidence.flows.attaching import carry_evidence
from palier.foundation import audit, mail
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import speaking

LONGEST_REASON = 500


class Obstacle(StrEnum):
    """Why a round is not reopened."""

    NOT_SUBMITTED = "not submitted"
    SUPERSEDED = "superseded"
    CLOSED = "closed"
    """Its campaign's last day is over: the benchmark may be sealed at any moment."""
    SEALED = "sealed"
    """Its scores may be in an edition: they are corrected by an erratum (docs/benchmarks.md)."""


class NotReopenable(Exception):
    """Nothing was reopened: `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle


class NotReopened(Exception):
    """There is no reopening to give up: the round was never reopened, or was submitted again."""


@dataclass(frozen=True, slots=True)
class States:
    """The states of one round: the one that holds, the reopening that is being answered, all of them in order.

    `current` is None while the round was never submitted.
    """

    current: Assessment | None
    reopening: Assessment | None
    every: tuple[Assessment, ...]

    def before(self, assessment: Assessment) -> Assessment | None:
        """The state that `assessment` supersedes or is meant to."""
        return next((one for one in self.every if one.id == assessment.supersedes_id), None)

    def after(self, assessment: Assessment) -> Assessment | None:
        """The submitted state that superseded `assessment`."""
        following = (one for one in self.every if one.supersedes_id == assessment.id and one.submitted_at)
        return next(following, None)

    def reopening_of(self, assessment: Assessment) -> Assessment | None:
        """The reopening that is being answered, where `assessment` is what holds meanwhile."""
        return self.reopening if self.current and self.current.id == assessment.id else None


async def load_states(assessment: Assessment) -> States:
    """The states of the round `assessment` is one of. Call inside `reading(actor)` or `transaction(actor)`."""
    every = tuple(await store.states_of_round(assessment))
    current = next((one for one in every if one.state is AssessmentState.SUBMITTED), None)
    drafts = (one for one in every if one.state is AssessmentState.DRAFT and one.supersedes_id)
    return States(current, next(drafts, None), every)


async def obstacle_to(actor: Actor, assessment: Assessment, sealed: Sealed) -> Obstacle | None:
    """What keeps the round from being reopened today. Call inside `reading(actor)` or `transaction(actor)`."""
    if assessment.state is AssessmentState.SUPERSEDED:
        return Obstacle.SUPERSEDED
    if assessment.state is not AssessmentState.SUBMITTED:
        return Obstacle.NOT_SUBMITTED
    if assessment.campaign_id is None:
        return None
    if await sealed(assessment.campaign_id):
        return Obstacle.SEALED
    campaign = await Campaign.get(id=assessment.campaign_id)
    return Obstacle.CLOSED if campaign.closes_on < today(actor.person.time_zone) else None


async def reopen(actor: Actor, slug: str, *, reason: str, sealed: Sealed, site: str = "") -> Assessment:
    """Open a further state of the submitted round `slug`, answered as it was; the state to answer.

    Reopened already, that reopening is returned as it stands, whatever the reason. `site` is the installation's
    address, for the letters. Raises DoesNotExist, NotReopenable.
    """
    async with transaction(actor):
        old = await _locked(actor, slug)
        if found := (await load_states(old)).reopening:
            return found
        if obstacle := await obstacle_to(actor, old, sealed):
            raise NotReopenable(obstacle)
        new = await _further_state(actor, old, reason)
        await _copy_answers(old, new)
        await carry_team(actor, old, new, await definition_of(new))
        await carry_evidence(actor, old.id, new.id, today(actor.person.time_zone), expired=True)
        await audit.record(
            actor, "assessments.reopened", f"assessment {old.slug}", reason=reason, state=new.slug,
            submission=new.submission, receipt=old.receipt, result_hash=old.result_hash,
        )  # fmt: skip
        await _tell(actor, old, "assessments/mails/reopened", site=site, state=new)
    return new


async def _locked(actor: Actor, slug: str) -> Assessment:
    rows = Assessment.filter(organisation_id=actor.organisation_id, slug=slug)
    return await rows.select_for_update().get()


async def _further_state(actor: Actor, old: Assessment, reason: str) -> Assessment:
    first = await Assessment.get(id=old.round_id)
    return await Assessment.create(
        organisation_id=actor.organisation_id, slug=await free_slug(actor, first.slug), name=old.name,
        questionnaire=old.questionnaire, version=old.version, definition_hash=old.definition_hash, scope=old.scope,
        mode=old.mode, names_shown=old.names_shown, answers_opened_at=old.answers_opened_at,
        campaign_id=old.campaign_id, opens_on=old.opens_on, closes_on=old.closes_on, created_by=actor.person_id,
        created_at=now(), supersedes_id=old.id, origin_id=old.round_id, submission=old.submission + 1,
        reopened_reason=reason, reopened_name=actor.person.name,
    )  # fmt: skip


async def _copy_answers(old: Assessment, new: Assessment) -> None:
    """The answers as they stood, revisions included: the next change of each goes on from there."""
    rows = await Answer.filter(assessment_id=old.id)
    for row in rows:
        row.id, row.assessment_id = new_id(), new.id
        row._saved_in_db = False
    await Answer.bulk_create(rows)


async def give_up(actor: Actor, slug: str, *, site: str = "") -> Assessment:
    """Give up the reopening of a round, named by either of its states; the state that holds, as it did all along.

    What was answered meanwhile stays readable at its address. Given up before, nothing changes.
    Raises DoesNotExist, NotReopened.
    """
    async with transaction(actor):
        states = await load_states(await store.assessment_by_slug(actor, slug))
        if states.current is None:
            raise NotReopened
        if states.reopening is None:
            return _given_up_before(states, slug)
        draft = await _locked(actor, states.reopening.slug)  # somebody may be submitting it
        if draft.state is AssessmentState.SUBMITTED:
            raise NotReopened
        if draft.state is AssessmentState.DRAFT:
            draft.state, draft.given_up_at = AssessmentState.GIVEN_UP, now()
            draft.given_up_name = actor.person.name
            await draft.save(update_fields=["state", "given_up_at", "given_up_name"])
            await audit.record(
                actor, "assessments.reopening_given_up", f"assessment {states.current.slug}", state=draft.slug
            )
            await _tell(actor, states.current, "assessments/mails/given_up", site=site, state=draft)
    return states.current


def _given_up_before(states: States, slug: str) -> Assessment:
    named = next(one for one in states.every if one.slug == slug)
    if named.state is not AssessmentState.GIVEN_UP or states.current is None:
        raise NotReopened
    return states.current


_TEAM = """
select distinct p.email, p.locale from person p
join membership m on m.person_id = p.id and m.organisation_id = $1
where p.id <> $3 and (m.role in ('owner', 'lead')
  or p.id in (select updated_by from answer where assessment_id = $2)
  or p.id in (select person_id from respondent where assessment_id = $2))
"""


async def _tell(actor: Actor, old: Assessment, letter: str, *, site: str, state: Assessment) -> None:
    """Write to those who lead the organisation or answered the round, each in their language."""
    questionnaire = await definition_of(old)
    for row in await select(_TEAM, actor.organisation_id, old.id, actor.person_id):
        with speaking(row["locale"]):
            await mail.write(
                row["email"], letter, assessment=old, state=state, questionnaire=questionnaire,
                organisation=actor.organisation, by=actor.person.name, address=_address(actor, site, state),
            )  # fmt: skip


def _address(actor: Actor, site: str, state: Assessment) -> str:
    slug = state.slug if state.state is AssessmentState.DRAFT else ""
    return f"{site}/o/{actor.organisation.slug}/e/{slug}" if site and slug else ""
