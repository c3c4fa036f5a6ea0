"""Planning by capacity: what a quarter holds, what people settled of levers, and the choice that follows from both."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256

from palier.action_plans import planner, store
from palier.action_plans.flows.overview import PlanView
from palier.action_plans.rules.capacity import Problem, Proposal, taken
from palier.action_plans.rules.quarters import (
    Capacity,
    Quarter,
    Running,
    candidates,
    dated,
    from_plain,
    taken_by,
    to_plain,
)
from palier.action_plans.rules.schedule import Draft
from palier.action_plans.rules.suggestions import Suggestion
from palier.action_plans.store import Action, ActionPlan
from palier.action_plans.trail import trail_of
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import transaction


@dataclass(frozen=True, slots=True)
class Filled:
    """A quarter: effort points it holds, those the plan's actions take, those the chosen levers add, and which start."""

    quarter: Quarter
    points: int
    busy: Fraction
    added: Fraction
    starting: tuple[Suggestion, ...] = ()

    @property
    def overfull(self) -> bool:
        """Whether the plan's own actions already take more than the quarter holds."""
        return self.busy > self.points


@dataclass(frozen=True, slots=True)
class Sizing:
    """What there is to choose from: the suggestions, the capacity, and the problem the solver is given."""

    capacity: Capacity
    suggestions: tuple[Suggestion, ...]
    busy: tuple[Fraction, ...]
    problem: Problem

    def suggestion(self, lever: str) -> Suggestion:
        """The suggestion of a lever. Raises KeyError."""
        return next(one for one in self.suggestions if one.lever.id == lever)

    def filled(self, proposal: Proposal) -> list[Filled]:
        """The quarters with what the proposal puts in them."""
        added = taken(self.problem, proposal.schedule)
        rows = zip(self.capacity.quarters, self.capacity.points, self.busy, added, strict=True)
        return [
            Filled(quarter, points, busy, more, self._starting(proposal, place))
            for place, (quarter, points, busy, more) in enumerate(rows)
        ]

    def _starting(self, proposal: Proposal, place: int) -> tuple[Suggestion, ...]:
        return tuple(one for one in self.suggestions if proposal.schedule.get(one.lever.id) == place)

    def drafts(self, proposal: Proposal, on: date) -> list[Draft]:
        """The choice as dated actions, the soonest first."""
        chosen = sorted(proposal.schedule.items(), key=lambda pair: pair[1])
        return [dated(self.capacity, self.suggestion(lever), place, on) for lever, place in chosen]


def sizing_of(view: PlanView, suggestions: Sequence[Suggestion], on: date) -> Sizing:
    """The choice there is on the day `on`, above the actions already in the plan."""
    capacity = from_plain(view.plan.capacity, on)
    running = [_running(action.row) for action in view.actions if not action.done]
    busy = taken_by(capacity, running)
    room = [max(Fraction(0), points - load) for points, load in zip(capacity.points, busy, strict=True)]
    rounds = tuple((one.questionnaire, one.result) for one in view.rounds)
    known = candidates(capacity, suggestions, running)
    return Sizing(
        capacity, tuple(suggestions), tuple(busy), Problem(rounds, known, tuple(room), tuple(view.moves))
    )


def _running(row: Action) -> Running:
    return Running(row.lever, row.starts_on, row.due_on, row.months, row.effort)


async def proposal_for(sizing: Sizing) -> Proposal:
    """The best choice. Call it outside any transaction: it takes a second or two. Raises planner.NotSolved."""
    return await planner.ask(sizing.problem)


class SizedMeanwhile(Exception):
    """Somebody else changed the capacity since the page was read: nothing was written. `by` names them."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def edition_of(plan: ActionPlan) -> str:
    """What the capacity was when a page was read, in a short code."""
    return sha256(json.dumps(plan.capacity, sort_keys=True).encode()).hexdigest()[:16]


async def size(actor: Actor, slug: str, capacity: Capacity, base: str) -> None:
    """Keep the capacity and what was settled of levers; `base` is the edition the page showed.

    Raises DoesNotExist, SizedMeanwhile.
    """
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        edition, before = edition_of(plan), plan.capacity
        plan.capacity = to_plain(capacity)
        if before == plan.capacity:
            return
        if edition != base:
            raise SizedMeanwhile(await _who_sized(actor, slug))
        await plan.save(update_fields=["capacity"])
        await audit.record(
            actor, "action_plans.plan_sized", f"plan {slug}", before=before, after=plan.capacity
        )


async def _who_sized(actor: Actor, slug: str) -> str:
    trail = await trail_of(actor, f"plan {slug}")
    return next((event.by for event in trail if event.verb == "action_plans.plan_sized"), "")
