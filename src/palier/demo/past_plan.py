"""The plan of the year before, finished between the second and the third round: what it was to bring, and what was seen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from palier.action_plans.rules.life import Stage
from palier.action_plans.rules.suggestions import Situation, Suggestion, suggest
from palier.action_plans.store import Action, ActionPlan, ActionStatus, ChecklistItem, KpiReading, add_steps
from palier.assessments.flows.rounds import Round, load_round
from palier.foundation import audit
from palier.foundation.actor import Actor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.language import current
from palier.scoring.rules import Result

_SHOWN, _BESIDE = 4, 2
"""How many of its actions aimed at criteria that rose afterwards, and how many at others; the last stays unfinished."""


async def plant_past_plan(actor: Actor, before: str, after: str, owners: Sequence[Person]) -> None:
    """A plan born from the round called `before`, most of it finished before the round called `after`."""
    async with transaction(actor):
        await write_past_plan(actor, before, after, owners)


async def write_past_plan(actor: Actor, before: str, after: str, owners: Sequence[Person] = ()) -> None:
    """The same in the caller's transaction."""
    base, late = [
        await load_round(actor, slugify(f"SX {name}"), with_answers=False) for name in (before, after)
    ]
    born = base.assessment.submitted_at or base.assessment.created_at
    year = born.year + 1
    plan = await ActionPlan.create(
        id=new_id(), organisation_id=actor.organisation_id, slug=f"plan-{year}",
        title=f"Plan d’action {year}" if current() == "fr" else f"Action plan {year}", assessment_id=base.assessment.id,
        created_by=actor.person_id, created_at=born + timedelta(days=20),
    )  # fmt: skip
    await audit.record(actor, "plans.created", f"plan {plan.slug}")
    chosen = _chosen(base, late.result)
    for place, suggestion in enumerate(chosen):
        owner = owners[place % len(owners)] if owners else actor.person
        done = place < len(chosen) - 1
        await _plant_action(actor, plan, suggestion, born + timedelta(days=30 + 25 * place), owner, done=done)


def _chosen(base: Round, late: Result) -> list[Suggestion]:
    """Suggestions of the day: those whose criteria rose afterwards first, then others, so that both can be seen."""
    every = suggest(Situation(base.questionnaire, base.result, {}, {}, {}))
    rose = [one for one in every if any(_rose(base.result, late, code) for code in one.moves)]
    return [*rose[:_SHOWN], *[one for one in every if one not in rose][:_BESIDE]]


def _rose(before: Result, after: Result, code: str) -> bool:
    return (after.node(code).level or 0) > (before.node(code).level or 0)


async def _plant_action(
    actor: Actor, plan: ActionPlan, suggestion: Suggestion, started: datetime, owner: Person, *, done: bool
) -> None:
    lever, locale = suggestion.lever, current()
    rising = lever.kpi.direction.value == "up"
    first, last = (Decimal(40), Decimal(78)) if rising else (Decimal(55), Decimal(24))
    action = await Action.create(
        id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, lever=lever.id, title=lever.title.in_(locale),
        serves=[{"criterion": code, "from": level - 1, "to": level} for code, level in suggestion.moves.items()],
        status=ActionStatus.DONE if done else ActionStatus.IN_PROGRESS, progress=100 if done else 60,
        stage=Stage.ACT if done else Stage.DO,
        owner_id=owner.person_id, owner_name=owner.name, starts_on=started.date(),
        due_on=(started + timedelta(days=150)).date() if done else None,
        done_at=started + timedelta(days=140) if done else None, effort=lever.effort, months=lever.months,
        kpi_name=lever.kpi.name.in_(locale)[:160], kpi_unit=lever.kpi.unit.in_(locale)[:40], kpi_direction=lever.kpi.direction.value,
        kpi_baseline=first, kpi_target=last, expected_gain=str(suggestion.gain), priority=str(suggestion.priority),
        created_by=actor.person_id, created_at=started,
    )  # fmt: skip
    await add_steps(action, lever.steps.in_(locale))
    await audit.record(actor, "action_plans.lever_adopted", f"action {action.id}", title=action.title)
    if done:
        ticked = started + timedelta(days=130)
        await ChecklistItem.filter(action_id=action.id).update(done_at=ticked, done_by=owner.person_id)
        for turn, value in enumerate((first, (first + last) / 2, last)):
            await KpiReading.create(
                id=new_id(), organisation_id=actor.organisation_id, action_id=action.id,
                on=(started + timedelta(days=10 + 60 * turn)).date(), value=value, person_id=actor.person_id,
            )  # fmt: skip
