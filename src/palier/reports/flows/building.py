"""Drawing a document up: what the rooms below know of a round or a plan, frozen in the reader's language."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from palier.action_plans.flows.overview import PlanView, load_plan
from palier.action_plans.store import action_by_id, titles_of
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.rules.peers import Peers, PeerView
from palier.assessments.scope_wording import scope_in_words
from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.language import current, speaking
from palier.questionnaires.rules import Questionnaire
from palier.reports.flows.from_action import sheet_of
from palier.reports.flows.from_plan import plan_of
from palier.reports.flows.from_questionnaire import NOTHING_BEFORE, paper_of
from palier.reports.flows.from_round import levels_of, provenance_of, results_of
from palier.reports.flows.from_submission import certificate_of
from palier.reports.flows.letterhead import letterhead_of
from palier.reports.flows.printable import find_printable, form_of
from palier.reports.rules.boards import board_of
from palier.reports.rules.documents import ActionPlanDocument, Cover, ResultsAndPlan
from palier.reports.rules.kinds import Document
from palier.reports.rules.letterheads import Look
from palier.reports.rules.naming import by_role
from palier.reports.rules.options import People
from palier.reports.rules.slides import slides_of
from palier.reports.rules.wishes import Kind, Wish
from palier.reports.wording import role_words


class NotSubmitted(Exception):
    """Answers may still change: a document is made of figures that no longer do."""


class OtherRound(Exception):
    """The plan was drawn from another round than the one chosen."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with what its row remembers of where it comes from."""

    document: Document
    assessment_id: UUID | None
    plan_id: UUID | None = None


async def draw_up(actor: Actor, wish: Wish, peers: Peers, shelf: files.Shelf) -> Draft:
    """The document `wish` asks for. Call it inside `reading(actor)` or `transaction(actor)`.

    Raises DoesNotExist, NotSubmitted, OtherRound.
    """
    with speaking(wish.locale):
        draft = await _draft(actor, wish, peers, shelf)
        return replace(draft, document=_dressed(draft.document, wish, actor))


def _dressed(document: Document, wish: Wish, actor: Actor) -> Document:
    """`document` with its options, and with the people in it called as they say."""
    document = replace(document, options=wish.options)
    if wish.options.people is People.NAMES:
        return document
    return by_role(document, role_words(), actor.person.name)


async def _draft(actor: Actor, wish: Wish, peers: Peers, shelf: files.Shelf) -> Draft:
    if wish.kind is Kind.ACTION:
        return await _one_action(actor, wish, shelf)
    if wish.kind is Kind.CERTIFICATE:
        return await _certificate(actor, wish, shelf)
    if wish.kind is Kind.PAPER:
        return await _paper(actor, wish, shelf)
    plan = await load_plan(actor, wish.plan) if wish.plan or wish.kind is Kind.PLAN else None
    if wish.kind is Kind.PLAN and plan is not None:
        cover = await _cover(actor, plan.round, _noon(today(actor.person.time_zone)), shelf, wish.look)
        return Draft(_plan_alone(plan, cover), plan.round.assessment.id, plan.plan.id)
    return await _results(actor, wish, plan, peers, shelf)


async def _one_action(actor: Actor, wish: Wish, shelf: files.Shelf) -> Draft:
    row = await action_by_id(actor, wish.action or UUID(int=0))
    plan = await load_plan(actor, row.plan.slug)
    action = next(one for one in plan.actions if one.row.id == row.id)
    titles = await titles_of(actor, action.requires)
    cover = await _cover(actor, plan.round, _noon(today(actor.person.time_zone)), shelf, wish.look)
    sheet = sheet_of(plan, action, titles, cover, provenance_of(plan.round))
    return Draft(sheet, plan.round.assessment.id, plan.plan.id)


async def _certificate(actor: Actor, wish: Wish, shelf: files.Shelf) -> Draft:
    """Dated by the submission, which no longer changes: asked for again, it is the same file."""
    round_ = await load_round(actor, wish.assessment, with_answers=False)
    submitted = round_.assessment.submitted_at
    if round_.provisional or submitted is None:
        raise NotSubmitted
    cover = await _cover(actor, round_, submitted, shelf, wish.look)
    document = certificate_of(round_, cover, actor.person.time_zone, wish.options, score=wish.score)
    return Draft(document, round_.assessment.id)


async def _paper(actor: Actor, wish: Wish, shelf: files.Shelf) -> Draft:
    found = await find_printable(actor, wish)
    asked = found.questionnaire.within(wish.paper.dimensions)
    today_ = _noon(today(actor.person.time_zone))
    cover = await _face(actor, asked, found.name, today_, shelf, wish.look)
    last = found.last if wish.paper.last_answers else NOTHING_BEFORE
    form = await form_of(found, wish.paper.fill)
    return Draft(paper_of(asked, cover, last, draft=found.draft, form=form), found.assessment_id)


def _plan_alone(plan: PlanView, cover: Cover) -> ActionPlanDocument:
    questionnaire = plan.round.questionnaire
    return ActionPlanDocument(cover, plan_of(plan), levels_of(questionnaire), provenance_of(plan.round))


async def _results(
    actor: Actor, wish: Wish, plan: PlanView | None, peers: Peers, shelf: files.Shelf
) -> Draft:
    round_ = await load_round(actor, wish.assessment)
    if round_.provisional:
        raise NotSubmitted
    if plan is not None and plan.round.assessment.id != round_.assessment.id:
        raise OtherRound
    figures = await peers(actor, round_.assessment) if wish.benchmark else None
    cover = await _cover(actor, round_, _as_of(actor, round_, figures, plan), shelf, wish.look)
    whole = results_of(round_, figures, cover, plan_of(plan) if plan else None)
    return Draft(_told(whole, wish.kind), round_.assessment.id, plan.plan.id if plan else None)


def _told(whole: ResultsAndPlan, kind: Kind) -> Document:
    """The results as a report, as a summary or as slides."""
    if kind is Kind.BOARD:
        return board_of(whole)
    return slides_of(whole) if kind is Kind.SLIDES else whole


def _as_of(actor: Actor, round_: Round, peers: PeerView | None, plan: PlanView | None) -> datetime:
    """The moment of the data: today where a plan lives on, else when the last figure was fixed."""
    if plan is not None:
        return _noon(today(actor.person.time_zone))
    fixed = [round_.assessment.submitted_at, _noon(peers.published_on) if peers else None]
    return max(moment for moment in fixed if moment is not None)


def _noon(day: date) -> datetime:
    """One moment for a whole day, which is the same date everywhere the product is read."""
    return datetime.combine(day, time(12), UTC)


async def _cover(actor: Actor, round_: Round, as_of: datetime, shelf: files.Shelf, look: Look) -> Cover:
    return await _face(actor, round_.questionnaire, round_.name, as_of, shelf, look)


async def _face(
    actor: Actor, questionnaire: Questionnaire, name: str, as_of: datetime, shelf: files.Shelf, look: Look
) -> Cover:
    issuer, heads = await letterhead_of(actor, shelf, look)
    return Cover(
        organisation=actor.organisation.name,
        questionnaire=questionnaire.title.in_(current()),
        round=name,
        as_of=as_of,
        issuer=issuer,
        scope=scope_in_words(questionnaire),
        heads=heads,
    )
