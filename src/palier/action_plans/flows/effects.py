"""What became of a plan: the later rounds, what its finished actions aimed at, what was seen there.

They only read: call them inside `reading(actor)` or `transaction(actor)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from palier.action_plans.flows.overview import PlannedAction, PlanView, moves_in
from palier.action_plans.rules.effects import Effect, Effects, Ground, Work
from palier.action_plans.rules.life import ActionStatus
from palier.action_plans.store import Action
from palier.assessments.flows.comparing import Pair, pair_of
from palier.assessments.flows.rounds import Round, rounds_of
from palier.assessments.rules.finished import Deed
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """An action of a plan with its effect. `finished`: between the plan's round and the later one."""

    planned: PlannedAction
    effect: Effect
    finished: bool

    @property
    def row(self) -> Action:
        """The action itself."""
        return self.planned.row

    @property
    def kpi(self) -> tuple[Decimal, Decimal] | None:
        """The indicator's baseline and last reading; None where either is missing."""
        if self.row.kpi_baseline is None or not self.planned.readings:
            return None
        return self.row.kpi_baseline, self.planned.readings[-1].value

    @property
    def kpi_improved(self) -> bool:
        """Whether the indicator moved its good way since the baseline."""
        if self.kpi is None:
            return False
        first, last = self.kpi
        return last > first if self.row.kpi_direction == "up" else last < first

    @property
    def measured(self) -> bool:
        """Whether a finished action has an effect to tell: a criterion it aimed at rose, or its indicator improved."""
        return self.planned.done and (self.kpi_improved or bool(self.finished and self.effect.risen))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan beside a later round. `rounds`: those submitted after the plan's own, oldest first."""

    view: PlanView
    rounds: tuple[Round, ...]
    pair: Pair
    effects: Effects
    actions: tuple[ActionOutcome, ...]

    @property
    def finished(self) -> tuple[ActionOutcome, ...]:
        """Actions finished between the two rounds."""
        return tuple(one for one in self.actions if one.finished)

    @property
    def unfinished(self) -> tuple[ActionOutcome, ...]:
        """Actions that were not finished by the later round: their effect, if any, is still to come."""
        return tuple(one for one in self.actions if not one.finished)

    def of(self, action: Action) -> ActionOutcome | None:
        """What became of one action of the plan."""
        return next((one for one in self.actions if one.row.id == action.id), None)


async def outcome_of(actor: Actor, view: PlanView, peers: Peers, asked: str = "") -> Outcome | None:
    """What became of the plan `view` by the round `asked`, or by the latest; None before any later round."""
    born = view.round.assessment
    rounds = [
        one
        for one in await rounds_of(actor, view.round.questionnaire.id)
        if one.assessment.opens_on > born.opens_on and one.assessment.id != born.id
    ]
    if not rounds:
        return None
    after = next((one for one in rounds if one.assessment.slug == asked), rounds[-1])
    pair = await pair_of(actor, view.round, after, peers, finished_between)
    effects = _effects(view, pair)
    done = {work.key for work in effects.works if work.finished}
    actions = tuple(
        ActionOutcome(one, effects.each[str(one.row.id)], str(one.row.id) in done) for one in view.actions
    )
    return Outcome(view, tuple(rounds), pair, effects, actions)


def _effects(view: PlanView, pair: Pair) -> Effects:
    done = {deed.key for deed in pair.deeds}
    own = [Work(str(one.row.id), moves_in(one.row), str(one.row.id) in done) for one in view.actions]
    keys = {work.key for work in own}
    others = [Work(deed.key, deed.aims, finished=True) for deed in pair.deeds if deed.key not in keys]
    ground = Ground(pair.before.questionnaire, pair.before.result, pair.after.result, pair.comparison)
    return Effects(ground, own, others)


async def finished_between(actor: Actor, after: datetime, until: datetime) -> tuple[Deed, ...]:
    """The organisation's actions finished after one moment and until another, of whichever plan.

    This is the `Deeds` that `app.py` hands to the rooms below.
    """
    rows: Sequence[Action] = await Action.filter(
        organisation_id=actor.organisation_id, status=ActionStatus.DONE, done_at__gt=after, done_at__lte=until
    ).order_by("done_at", "id")
    base = f"/o/{actor.organisation.slug}/a"
    return tuple(
        Deed(str(row.id), row.title, f"{base}/{row.id}", row.done_at, moves_in(row))
        for row in rows
        if row.done_at
    )
