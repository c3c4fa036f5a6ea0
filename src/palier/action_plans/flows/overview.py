"""A plan as everybody above reads it: the round it was born from, its actions, and where they lead by the engine.

Reports and the landing page build on `load_plan`, `late_actions` and `my_actions`. They only read: call them inside
`reading(actor)` or `transaction(actor)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.rules.life import ActionStatus, is_late
from palier.action_plans.rules.suggestions import Moves, Situation, gain_of, projected
from palier.action_plans.rules.together import one_of
from palier.action_plans.store import Action, ActionPlan, ChecklistItem, Dismissal, KpiReading
from palier.action_plans.whole import held_by, plan_with_round
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.rules.peers import Peers, PeerView
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.practices.flows.reading import offers_for
from palier.practices.rules.offers import Offer
from palier.questionnaires.rules import Lever, Questionnaire
from palier.scoring.rules import Result
from palier.scoring.rules.result import Node


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


@dataclass(frozen=True, slots=True)
class Source:
    """An assessment a plan draws on, and what the organisation's networks propose beside its questionnaire's levers."""

    round: Round
    offers: tuple[Offer, ...] = ()

    def projected(self, moves: list[Moves]) -> Result:
        """The round once all `moves` have worked."""
        return projected(self.round.questionnaire, self.round.result, moves)


@dataclass(frozen=True)
class PlanView:
    """A plan, the assessments it draws on (the one it was born from first), its actions (soonest due first), and the
    suggestions put aside for these assessments, in whatever plan.
    """

    plan: ActionPlan
    sources: tuple[Source, ...]
    actions: tuple[PlannedAction, ...]
    dismissals: tuple[Dismissal, ...] = ()

    @property
    def round(self) -> Round:
        """The round the plan was born from."""
        return self.sources[0].round

    @property
    def rounds(self) -> tuple[Round, ...]:
        """All the plan draws on."""
        return tuple(source.round for source in self.sources)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """What is asked in all of them, to look codes up in; each is scored on its own."""
        return one_of(tuple(round_.questionnaire for round_ in self.rounds))

    def round_of(self, code: str) -> Round:
        """The round that asks the criterion `code`; the plan's own where none does."""
        return next((one for one in self.rounds if code in one.result.nodes), self.round)

    def node(self, code: str) -> Node:
        """Where the criterion stands, in its own round. Raises KeyError."""
        return self.round_of(code).result.node(code)

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What the organisation's networks propose."""
        return tuple(offer for source in self.sources for offer in source.offers)

    @cached_property
    def offer_of(self) -> dict[str, Offer]:
        """What the organisation's networks propose beside the questionnaire's levers, by lever."""
        return {offer.lever.id: offer for offer in self.offers}

    def lever(self, name: str) -> Lever | None:
        """The lever of that name, wherever it comes from; None once it is withdrawn."""
        known = self.questionnaire.index.levers
        return known.get(name) or (self.offer_of[name].lever if name in self.offer_of else None)

    @property
    def moves(self) -> list[Moves]:
        """The levels each action reaches for."""
        return [moves_in(action.row) for action in self.actions]

    @cached_property
    def projected(self) -> Result:
        """The round once every action has worked, finished ones included: one run of the engine, never a sum."""
        return self.sources[0].projected(self.moves)

    @cached_property
    def ahead(self) -> tuple[tuple[Round, Result], ...]:
        """Each further round with where the actions lead it."""
        return tuple((source.round, source.projected(self.moves)) for source in self.sources[1:])

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

    def situations(self, peers: PeerView | None, further: Mapping[str, PeerView | None]) -> list[Situation]:
        """What the suggestions are computed from; a criterion whose peers are hidden is absent from the figures.

        `peers` stand beside the plan's own round, `further` beside the others, by the slug of the assessment.
        """
        beside = [peers, *[further.get(one.assessment.slug) for one in self.rounds[1:]]]
        return [
            Situation(
                source.round.questionnaire,
                source.round.result,
                {code: figure.q3 for code, figure in figures.figures.items()} if figures else {},
                self.plan.strategic_weights,
                {code: Fraction(points) for code, points in self.plan.targets.items()},
                [offer.lever for offer in source.offers],
            )
            for source, figures in zip(self.sources, beside, strict=True)
        ]


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
    return await view_of(actor, await plan_with_round(actor, slug))


async def view_of(actor: Actor, plan: ActionPlan) -> PlanView:
    """`plan` (with its assessment) as people read it."""
    held = await held_by(actor, plan)
    rounds = await _rounds(actor, [plan.assessment.slug, *held.further])
    on = today(actor.person.time_zone)
    actions = tuple(
        planned(
            row, rounds, on, tuple(held.readings.get(row.id, ())), tuple(held.checklists.get(row.id, ())),
            tuple(held.requires.get(row.id, ())),
        )
        for row in held.actions
    )  # fmt: skip
    return PlanView(plan, await _with_offers(actor, rounds), actions, tuple(held.dismissals))


async def rounds_of_plan(actor: Actor, plan: ActionPlan) -> list[Round]:
    """The rounds the plan draws on, the one it was born from first."""
    further = await store.further_assessments(actor, plan.id)
    return await _rounds(actor, [plan.assessment.slug, *[one.assessment.slug for one in further]])


async def _rounds(actor: Actor, slugs: list[str]) -> list[Round]:
    return [await load_round(actor, slug, with_answers=False) for slug in slugs]


async def _with_offers(actor: Actor, rounds: list[Round]) -> tuple[Source, ...]:
    """Each round with what is proposed for it; a practice that serves two is proposed for the first."""
    sources: list[Source] = []
    known: set[str] = set()
    for round_ in rounds:
        offers = await offers_for(actor, round_.questionnaire)
        sources.append(Source(round_, tuple(one for one in offers if one.lever.id not in known)))
        known |= {one.lever.id for one in offers}
    return tuple(sources)


async def peers_beside(actor: Actor, view: PlanView, peers: Peers) -> dict[str, PeerView | None]:
    """The figures published beside each further round, by the slug of its assessment."""
    return {one.assessment.slug: await peers(actor, one.assessment) for one in view.rounds[1:]}


def planned(
    row: Action, rounds: list[Round], on: date, readings: tuple[KpiReading, ...] = (),
    checklist: tuple[ChecklistItem, ...] = (), requires: tuple[UUID, ...] = (),
) -> PlannedAction:  # fmt: skip
    """`row` with its gain on the rounds (points of each total, added up) and its delay on the day `on`."""
    late = is_late(row.status, row.due_on, on)
    return PlannedAction(row, gain_on(rounds, [moves_in(row)]), late, readings, checklist, requires)


def gain_on(rounds: list[Round], moves: list[Moves]) -> Fraction:
    """Points the totals of the rounds gain by all `moves` together; most serve one round alone."""
    return sum((gain_of(one.questionnaire, one.result, moves) for one in rounds), Fraction(0))


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
