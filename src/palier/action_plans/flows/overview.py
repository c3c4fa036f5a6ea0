"""A plan as everybody above reads it: the round it was born from, its actions, and where they lead by the engine.

Reports and the landing page build on `load_plan`, `late_actions` and `my_actions`. They only read: call them inside
`reading(actor)` or `transaction(actor)`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.rules.life import ActionStatus, is_late
from palier.action_plans.rules.suggestions import Moves, Situation, gain_of, projected
from palier.action_plans.store import Action, ActionPlan, ChecklistItem, Dismissal, KpiReading
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.rules.peers import PeerView
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.practices.flows.reading import offers_for
from palier.practices.rules.offers import Offer
from palier.questionnaires.rules import Lever
from palier.scoring.rules import Result


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action, what it alone would bring to the plan's round (points, by the engine), and whether it is late;
    with its readings, its checklist and the actions it waits for.
    """

    row: Action
    gain: Fraction
    late: bool
    readings: tuple[KpiReading, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    requires: tuple[UUID, ...] = ()

    @property
    def criteria(self) -> tuple[str, ...]:
        """Codes of the criteria it serves."""
        return tuple(moves_in(self.row))

    @property
    def done(self) -> bool:
        """Whether the work is finished; its effect shows in the next round."""
        return self.row.status is ActionStatus.DONE


@dataclass(frozen=True)
class PlanView:
    """A plan, its round, its actions (soonest due first), and the suggestions put aside."""

    plan: ActionPlan
    round: Round
    actions: tuple[PlannedAction, ...]
    dismissals: tuple[Dismissal, ...] = ()
    offers: tuple[Offer, ...] = ()

    @cached_property
    def offer_of(self) -> dict[str, Offer]:
        """What the organisation's networks propose beside the questionnaire's levers, by lever."""
        return {offer.lever.id: offer for offer in self.offers}

    def lever(self, name: str) -> Lever | None:
        """The lever of that name, wherever it comes from; None once it is withdrawn."""
        known = self.round.questionnaire.index.levers
        return known.get(name) or (self.offer_of[name].lever if name in self.offer_of else None)

    @cached_property
    def projected(self) -> Result:
        """The round once every action has worked, finished ones included: one run of the engine, never a sum."""
        moves = [moves_in(action.row) for action in self.actions]
        return projected(self.round.questionnaire, self.round.result, moves)

    @cached_property
    def gain(self) -> Fraction:
        """Points the total gains by all actions together."""
        return gain_together(self.round, self.actions)

    @property
    def late(self) -> tuple[PlannedAction, ...]:
        """Actions due before today and not done."""
        return tuple(action for action in self.actions if action.late)

    @property
    def done(self) -> tuple[PlannedAction, ...]:
        """Finished actions."""
        return tuple(action for action in self.actions if action.done)

    @property
    def settled_levers(self) -> set[str]:
        """Levers adopted or put aside: not suggested again."""
        return {action.row.lever for action in self.actions if action.row.lever} | {
            one.lever for one in self.dismissals
        }

    def situation(self, peers: PeerView | None) -> Situation:
        """What the suggestions are computed from; a criterion whose peers are hidden is absent from the figures."""
        figures = peers.figures if peers else {}
        return Situation(
            self.round.questionnaire,
            self.round.result,
            {code: figure.q3 for code, figure in figures.items()},
            self.plan.strategic_weights,
            {code: Fraction(points) for code, points in self.plan.targets.items()},
            [offer.lever for offer in self.offers],
        )


def moves_in(row: Action) -> Moves:
    """The levels an action reaches for, by criterion code."""
    return {step["criterion"]: step["to"] for step in row.serves}


def gain_together(round_: Round, actions: tuple[PlannedAction, ...]) -> Fraction:
    """Points the total of the round gains by these actions together."""
    return gain_of(round_.questionnaire, round_.result, [moves_in(action.row) for action in actions])


async def load_plan(actor: Actor, slug: str) -> PlanView:
    """The plan `slug` with its round and its actions.

    Raises DoesNotExist where there is none, or none that `actor` may see.
    """
    plan = await store.plan_by_slug(actor, slug)
    return await view_of(actor, plan)


async def view_of(actor: Actor, plan: ActionPlan) -> PlanView:
    """`plan` (with its assessment) as people read it."""
    round_ = await load_round(actor, plan.assessment.slug)
    rows = await store.actions_of(actor, [plan.id])
    readings = await store.readings_of(actor, [row.id for row in rows if row.kpi_name])
    checklists = await store.checklists_of(actor, [row.id for row in rows])
    requires = await store.dependencies_of(actor, [row.id for row in rows])
    on = today(actor.person.time_zone)
    actions = tuple(
        replace(
            planned(row, round_, on),
            readings=tuple(readings.get(row.id, ())),
            checklist=tuple(checklists.get(row.id, ())),
            requires=tuple(requires.get(row.id, ())),
        )
        for row in rows
    )
    offers = await offers_for(actor, round_.questionnaire)
    return PlanView(plan, round_, actions, tuple(await store.dismissals_of(actor, plan.id)), offers)


def planned(row: Action, round_: Round, on: date) -> PlannedAction:
    """`row` with its gain on the round and its delay on the day `on`."""
    gain = gain_of(round_.questionnaire, round_.result, [moves_in(row)])
    return PlannedAction(row, gain, is_late(row.status, row.due_on, on))


async def late_actions(actor: Actor) -> list[Action]:
    """Every action of the organisation due before today and not done, with its plan, the oldest delay first."""
    return await store.unfinished(actor).filter(due_on__lt=today(actor.person.time_zone))


async def my_actions(actor: Actor) -> list[Action]:
    """What the actor's person still has to do here, with the plan of each, the soonest due first."""
    return await store.unfinished(actor).filter(owner_id=actor.person_id)


async def finished_criteria(actor: Actor, since: datetime) -> frozenset[str]:
    """Codes of the criteria that actions finished since that moment serve: rises they explain."""
    done = Action.filter(
        organisation_id=actor.organisation_id, status=ActionStatus.DONE, done_at__gte=since
    ).values_list("serves", flat=True)
    return frozenset(move["criterion"] for serves in await done for move in serves)
