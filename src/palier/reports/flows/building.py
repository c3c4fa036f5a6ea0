"""Drawing a document up: what the rooms below know of a round or a plan, frozen in the reader's language."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from palier.action_plans.flows.overview import PlanView, load_plan
from palier.action_plans.store import action_by_id, titles_of
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.rules.peers import Peers, PeerView
from palier.assessments.scope_wording import scope_in_words
from palier.foundation import files
from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.language import current, speaking
from palier.foundation.permissions import Role
from palier.network.store import firm_of, organisation_of
from palier.reports.flows.from_action import sheet_of
from palier.reports.flows.from_plan import plan_of
from palier.reports.flows.from_round import levels_of, provenance_of, results_of
from palier.reports.rules.accent import DEFAULT_ACCENT
from palier.reports.rules.documents import ActionPlanDocument, Cover, Issuer, Logo
from palier.reports.rules.kinds import Document
from palier.reports.rules.wishes import Kind, Wish


class NotSubmitted(Exception):
    """Answers may still change: a document is made of figures that no longer do."""


class OtherRound(Exception):
    """The plan was drawn from another round than the one chosen."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with what its row remembers of where it comes from."""

    document: Document
    assessment_id: UUID
    plan_id: UUID | None


async def draw_up(actor: Actor, wish: Wish, peers: Peers, shelf: files.Shelf) -> Draft:
    """The document `wish` asks for. Call it inside `reading(actor)` or `transaction(actor)`.

    Raises DoesNotExist, NotSubmitted, OtherRound.
    """
    with speaking(wish.locale):
        if wish.kind is Kind.ACTION:
            return await _one_action(actor, wish, shelf)
        plan = await load_plan(actor, wish.plan) if wish.plan or wish.kind is Kind.PLAN else None
        if wish.kind is Kind.PLAN and plan is not None:
            cover = await _cover(actor, plan.round, _noon(today(actor.person.time_zone)), shelf)
            return Draft(_plan_alone(plan, cover), plan.round.assessment.id, plan.plan.id)
        return await _results(actor, wish, plan, peers, shelf)


async def _one_action(actor: Actor, wish: Wish, shelf: files.Shelf) -> Draft:
    row = await action_by_id(actor, wish.action or UUID(int=0))
    plan = await load_plan(actor, row.plan.slug)
    action = next(one for one in plan.actions if one.row.id == row.id)
    titles = await titles_of(actor, action.requires)
    cover = await _cover(actor, plan.round, _noon(today(actor.person.time_zone)), shelf)
    sheet = sheet_of(plan, action, titles, cover, provenance_of(plan.round))
    return Draft(sheet, plan.round.assessment.id, plan.plan.id)


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
    cover = await _cover(actor, round_, _as_of(actor, round_, figures, plan), shelf)
    document = results_of(round_, figures, cover, plan_of(plan) if plan else None)
    return Draft(document, round_.assessment.id, plan.plan.id if plan else None)


def _as_of(actor: Actor, round_: Round, peers: PeerView | None, plan: PlanView | None) -> datetime:
    """The moment of the data: today where a plan lives on, else when the last figure was fixed."""
    if plan is not None:
        return _noon(today(actor.person.time_zone))
    fixed = [round_.assessment.submitted_at, _noon(peers.published_on) if peers else None]
    return max(moment for moment in fixed if moment is not None)


def _noon(day: date) -> datetime:
    """One moment for a whole day, which is the same date everywhere the product is read."""
    return datetime.combine(day, time(12), UTC)


async def _cover(actor: Actor, round_: Round, as_of: datetime, shelf: files.Shelf) -> Cover:
    return Cover(
        organisation=actor.organisation.name,
        questionnaire=round_.questionnaire.title.in_(current()),
        round=round_.name,
        as_of=as_of,
        issuer=await issuer_of(actor, shelf),
        scope=scope_in_words(round_.questionnaire),
    )


async def issuer_of(actor: Actor, shelf: files.Shelf) -> Issuer:
    """Who signs: a consultant's firm, or the organisation. A consultant without a firm signs with their name."""
    if actor.role is not Role.CONSULTANT:
        return await _organisation(actor, shelf)
    firm = await firm_of(actor.person)
    if firm is None:
        return Issuer(actor.person.name)
    logo = Logo(bytes(firm.logo), firm.logo_media_type) if firm.logo else None
    return Issuer(firm.name, actor.person.name, logo, firm.accent or DEFAULT_ACCENT)


async def _organisation(actor: Actor, shelf: files.Shelf) -> Issuer:
    row = await organisation_of(actor)
    logo = await _logo(row.logo_file_id, shelf)
    return Issuer(row.name, actor.person.name, logo, row.accent or DEFAULT_ACCENT)


async def _logo(file_id: UUID | None, shelf: files.Shelf) -> Logo | None:
    """The picture, unless its bytes are gone: a document without a logo is better than none."""
    file = await shared.StoredFile.get_or_none(id=file_id) if file_id else None
    if file is None:
        return None
    try:
        return Logo(await files.fetch(shelf, file), file.media_type)
    except files.FileGone:
        return None
