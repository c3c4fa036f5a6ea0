"""Suggestions: ranked, adopted, put aside and taken back; and the first draft of a whole plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.overview import PlanView, peers_beside, rounds_of_plan, view_of
from palier.action_plans.flows.owners import owner_named
from palier.action_plans.rules.schedule import Draft, generate, schedule
from palier.action_plans.rules.suggestions import Order, Situation, Suggestion, suggest_among
from palier.action_plans.store import Action, Dismissal
from palier.action_plans.wording import source_line
from palier.assessments.rules.peers import Peers, PeerView
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.kept import Kept
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.practices.flows.adopting import note_adoption


class NoLongerSuggested(Exception):
    """The lever was adopted or put aside meanwhile, or its criteria are at target."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants a suggestion carried out; without dates, as proposed."""

    owner: UUID | None = None
    starts_on: date | None = None
    due_on: date | None = None


def suggestions_for(
    view: PlanView,
    peers: PeerView | None,
    order: Order = Order.BALANCE,
    further: Mapping[str, PeerView | None] | None = None,
) -> list[Suggestion]:
    """What the plan could still hold, best first; `further`: the peers beside its further rounds, by assessment."""
    facts = (view.situations(peers, further or {}), view.settled_levers)
    known = _ranked.get((view.plan.id, order))
    if known is None or known[0] != facts:
        known = _ranked.put((view.plan.id, order), (facts, tuple(suggest_among(*facts, order))))
    return list(known[1])


_ranked: Kept[tuple[UUID, Order], tuple[tuple[list[Situation], set[str]], tuple[Suggestion, ...]]] = Kept(256)
"""The ranking a plan was shown last, with all it was drawn from: it is used while that is the same, for whoever reads."""


def first_draft(actor: Actor, suggestions: list[Suggestion]) -> list[Draft]:
    """The best suggestions, dated from today on."""
    return generate(suggestions, today(actor.person.time_zone))


async def adopt(actor: Actor, slug: str, lever: str, wish: Wish, peers: Peers, op: UUID) -> Action:
    """Make an action of a suggestion. Raises DoesNotExist, NoLongerSuggested, UnknownOwner, AlreadyDone."""
    async with transaction(actor):
        made = await _adopt(
            actor, slug, {lever: wish}, peers, op, f"/o/{actor.organisation.slug}/plans/{slug}"
        )
    return made[0]


async def fill(actor: Actor, slug: str, wishes: Mapping[str, Wish], peers: Peers, op: UUID) -> list[Action]:
    """Make actions of several suggestions at once, all or none. Raises as `adopt`."""
    async with transaction(actor):
        return await _adopt(actor, slug, wishes, peers, op, f"/o/{actor.organisation.slug}/plans/{slug}")


async def _adopt(
    actor: Actor, slug: str, wishes: Mapping[str, Wish], peers: Peers, op: UUID, location: str
) -> list[Action]:
    plan = await store.plan_by_slug(actor, slug, locked=True)
    await operations.claim(op, actor.person_id, location)
    view = await view_of(actor, plan)
    figures = await peers(actor, plan.assessment)
    further = await peers_beside(actor, view, peers)
    suggestions = {one.lever.id: one for one in suggestions_for(view, figures, further=further)}
    if not wishes.keys() <= suggestions.keys():
        raise NoLongerSuggested
    drafts = schedule(
        [one for one in suggestions.values() if one.lever.id in wishes], today(actor.person.time_zone)
    )
    made = [await _write(actor, view, draft, wishes[draft.suggestion.lever.id]) for draft in drafts]
    await _tie(view, made)
    return made


async def _tie(view: PlanView, made: list[Action]) -> None:
    """An action whose lever requires others waits for those of the plan."""
    of_lever = {row.lever: row for row in (*(one.row for one in view.actions), *made) if row.lever}
    for row in made:
        lever = view.lever(row.lever)
        required = [of_lever[name] for name in (lever.requires if lever else ()) if name in of_lever]
        await store.add_requirements(row, required)


async def _write(actor: Actor, view: PlanView, draft: Draft, wish: Wish) -> Action:
    one, lever = draft.suggestion, draft.suggestion.lever
    owner_id, owner_name = await owner_named(actor, wish.owner)
    row = await Action.create(
        id=new_id(), organisation_id=actor.organisation_id, plan_id=view.plan.id, lever=lever.id,
        title=lever.title.in_(current()), finding=_finding(view, one),
        serves=[
            {"criterion": code, "from": view.node(code).level, "to": level}
            for code, level in one.moves.items()
        ],
        owner_id=owner_id, owner_name=owner_name, effort=lever.effort, months=lever.months,
        starts_on=wish.starts_on or draft.starts_on, due_on=wish.due_on or draft.due_on,
        kpi_name=lever.kpi.name.in_(current()), kpi_unit=lever.kpi.unit.in_(current()),
        kpi_direction=lever.kpi.direction.value, expected_gain=str(one.gain), priority=str(one.priority),
        created_by=actor.person_id, created_at=now(),
    )  # fmt: skip
    await store.add_steps(row, lever.steps.in_(current()))
    if (offer := view.offer_of.get(lever.id)) and offer.practice:
        await note_adoption(actor, offer.practice, row.id)
    await audit.record(
        actor, "action_plans.lever_adopted", f"action {row.id}", plan=view.plan.slug, lever=lever.id,
        title=row.title, owner=owner_name, due=row.due_on, gain=row.expected_gain,
    )  # fmt: skip
    return row


def _finding(view: PlanView, suggestion: Suggestion) -> str:
    """What the round says of the criteria served: the descriptor of the level each stands at."""
    lines = []
    for code in suggestion.moves:
        level = view.node(code).level or 1
        words = view.questionnaire.criterion(code).descriptor(level, current())
        lines.append(
            _("%(code)s, level %(level)s: %(words)s") % {"code": code, "level": level, "words": words}
        )
    if offer := view.offer_of.get(suggestion.lever.id):
        lines.append(source_line(offer))
    return "\n".join(lines)


async def dismiss(actor: Actor, slug: str, lever: str, reason: str) -> None:
    """Put a suggestion aside for its round, in every plan that draws on it, saying why; once is enough.

    Raises DoesNotExist, NoLongerSuggested.
    """
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        view = await view_of(actor, plan)
        if lever in {one.lever for one in view.dismissals}:
            return
        if lever in view.settled_levers or view.lever(lever) is None:
            raise NoLongerSuggested
        await Dismissal.create(
            id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, lever=lever, reason=reason,
            assessment_id=_round_of(view, lever), person_id=actor.person_id, at=now(),
        )  # fmt: skip
        await audit.record(
            actor, "action_plans.suggestion_dismissed", f"plan {slug}", lever=lever, reason=reason
        )


def _round_of(view: PlanView, lever: str) -> UUID:
    """The assessment whose questionnaire, or whose networks, the lever belongs to."""
    owners = [
        source.round.assessment.id
        for source in view.sources
        if lever in source.round.questionnaire.index.levers
        or lever in {offer.lever.id for offer in source.offers}
    ]
    return UUID(str(owners[0]))


async def restore(actor: Actor, slug: str, lever: str) -> None:
    """Suggest it again, wherever it was put aside for this plan's rounds. Raises DoesNotExist."""
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        rounds = [one.assessment.id for one in await rounds_of_plan(actor, plan)]
        gone = await Dismissal.filter(
            organisation_id=actor.organisation_id, assessment_id__in=rounds, lever=lever
        ).delete()
        if gone:
            await audit.record(actor, "action_plans.suggestion_restored", f"plan {slug}", lever=lever)
