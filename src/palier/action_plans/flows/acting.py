"""What happens to one action: added, changed, moved, measured, taken out. Nobody's change is overwritten unseen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.overview import gain_on, moves_in, rounds_of_plan
from palier.action_plans.flows.owners import owner_named
from palier.action_plans.flows.stepping import check_steps
from palier.action_plans.rules.life import (
    ActionStatus,
    Facts,
    Fault,
    Kpi,
    Stage,
    differences,
    faults,
    settled,
)
from palier.action_plans.store import Action, ActionPlan, KpiReading
from palier.action_plans.trail import trail_of
from palier.assessments.flows.rounds import Round
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.practices.flows.adopting import end_adoption


class Unacceptable(ValueError):
    """Facts that break a rule: nothing was written. `faults` says which."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field} {fault.rule}" for fault in found))
        self.faults = found


class ChangedMeanwhile(Exception):
    """Somebody else changed the action since the page was read: nothing was written.

    `action` is how it stands now, `by` and `at` who changed it last and when; `before` what the fields changed since
    then held when the page was read, as the trail keeps them.
    """

    def __init__(
        self, action: Action, by: str, at: datetime | None, before: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(action.id)
        self.action, self.by, self.at, self.before = action, by, at, before or {}


def facts_of(row: Action) -> Facts:
    """What people may change of an action, as it stands."""
    kpi = Kpi(row.kpi_name, row.kpi_unit, row.kpi_direction, row.kpi_baseline, row.kpi_target, row.kpi_source)
    return Facts(
        row.title, row.finding, moves_in(row), row.owner_id, "" if row.sponsor_id else row.sponsor, row.starts_on,
        row.due_on, ActionStatus(row.status), row.progress, row.effort, kpi, row.cause, row.evidence, row.impact, row.cost,
        row.currency, Stage(row.stage), row.blocked, row.blocked_reason, tuple(row.channels), row.sponsor_id,
        row.sponsor_email, row.review_every_months, row.next_review_on,
    )  # fmt: skip


async def add(actor: Actor, slug: str, facts: Facts, op: UUID, steps: Sequence[str] = ()) -> Action:
    """Add an action of one's own to the plan, with its first steps.

    Raises DoesNotExist, Unacceptable, UnacceptableSteps, UnknownOwner, AlreadyDone.
    """
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        return await add_in(actor, plan, facts, op, steps)


async def add_in(
    actor: Actor, plan: ActionPlan, facts: Facts, op: UUID, steps: Sequence[str] = (), source: str = ""
) -> Action:
    """As `add`, in the caller's transaction, for a plan it has locked. `source` names the file it came from, if any."""
    facts = _checked(facts)
    check_steps(steps)
    row = Action(
        id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, created_by=actor.person_id,
        created_at=now(),
    )  # fmt: skip
    await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/a/{row.id}")
    await _apply(actor, plan, row, facts)
    await row.save(force_create=True)
    await store.add_steps(row, steps)
    await audit.record(
        actor, "action_plans.action_added", f"action {row.id}", plan=plan.slug, title=row.title,
        owner=row.owner_name, due=row.due_on, gain=row.expected_gain, **_from(source),
    )  # fmt: skip
    return row


def _from(source: str) -> dict[str, str]:
    return {"source": source} if source else {}


async def edit(actor: Actor, action: UUID, facts: Facts, base: int) -> Action:
    """Replace what people may change; `base` is the revision the page showed.

    Raises DoesNotExist, Unacceptable, UnknownOwner, ChangedMeanwhile.
    """
    return await _change(actor, action, base, lambda _: facts)


async def move(actor: Actor, action: UUID, status: ActionStatus, base: int) -> Action:
    """Give the action another status; its progress follows. Raises as `edit`."""
    return await _change(actor, action, base, lambda facts: replace(facts, status=status))


async def follow(
    actor: Actor, action: UUID, owner: UUID | None, due_on: date | None, status: ActionStatus, base: int
) -> Action:
    """Change what the list shows: owner, due date, status. Raises as `edit`."""
    return await _change(
        actor, action, base, lambda facts: replace(facts, owner=owner, due_on=due_on, status=status)
    )


async def _change(actor: Actor, action: UUID, base: int, change: Callable[[Facts], Facts]) -> Action:
    async with transaction(actor):
        return await change_in(actor, action, base, change)


async def change_in(
    actor: Actor, action: UUID, base: int, change: Callable[[Facts], Facts], source: str = ""
) -> Action:
    """Change one action in the caller's transaction; nothing is written when nothing differs. Raises as `edit`."""
    row = await store.action_by_id(actor, action, locked=True)
    before = facts_of(row)
    after = _checked(change(before))
    changes = differences(before, after)
    if not changes:
        return row
    if row.revision != base:
        raise await conflict_about(actor, row, base)
    people = {"owner": row.owner_name, "sponsor": row.sponsor}
    await _apply(actor, row.plan, row, after)
    row.revision += 1
    await row.save()
    told = _told(changes, people, {"owner": row.owner_name, "sponsor": row.sponsor})
    await audit.record(
        actor,
        "action_plans.action_changed",
        f"action {row.id}",
        revision=row.revision,
        changes=told,
        **_from(source),
    )
    return row


async def conflict_about(actor: Actor, row: Action, base: int) -> ChangedMeanwhile:
    """What happened to `row` after its revision `base`, for whoever was about to change it."""
    trail = await trail_of(actor, f"action {row.id}")
    before: dict[str, Any] = {}
    for event in trail:  # the latest first: the earliest change since `base` has the last word
        if event.details.get("revision", 0) > base:
            before |= {name: pair[0] for name, pair in event.details.get("changes", {}).items()}
    return ChangedMeanwhile(row, trail[0].by if trail else "", trail[0].at if trail else None, before)


def _checked(facts: Facts) -> Facts:
    if found := faults(facts):
        raise Unacceptable(found)
    return settled(facts)


async def _apply(actor: Actor, plan: ActionPlan, row: Action, facts: Facts) -> None:
    """Write `facts` into `row`; the expected gain is the engine's, on the plan's round, when criteria move."""
    await _apply_people(actor, row, facts)
    if facts.serves != moves_in(row):
        rounds = await rounds_of_plan(actor, plan)
        row.serves = _serves(rounds, facts.serves)
        row.expected_gain = str(gain_on(rounds, [facts.serves]))
    if (facts.status is ActionStatus.DONE) != (row.done_at is not None):
        row.done_at = now() if facts.status is ActionStatus.DONE else None
    row.title, row.finding, row.cause, row.evidence = facts.title, facts.finding, facts.cause, facts.evidence
    row.starts_on, row.due_on, row.next_review_on = facts.starts_on, facts.due_on, facts.next_review_on
    row.review_every_months, row.stage, row.channels = (
        facts.review_every_months,
        facts.stage,
        list(facts.channels),
    )
    row.impact, row.cost, row.currency = facts.impact, facts.cost, facts.currency
    row.blocked, row.blocked_reason = facts.blocked, facts.blocked_reason
    row.status, row.progress, row.effort = facts.status, facts.progress, facts.effort
    row.kpi_name, row.kpi_unit, row.kpi_direction = facts.kpi.name, facts.kpi.unit, facts.kpi.direction
    row.kpi_baseline, row.kpi_target, row.kpi_source = facts.kpi.baseline, facts.kpi.target, facts.kpi.source


async def _apply_people(actor: Actor, row: Action, facts: Facts) -> None:
    if facts.owner != row.owner_id:
        row.owner_id, row.owner_name = await owner_named(actor, facts.owner)
    if facts.sponsor_id is None:
        row.sponsor_id, row.sponsor = None, facts.sponsor
    elif facts.sponsor_id != row.sponsor_id:
        row.sponsor_id, row.sponsor = await owner_named(actor, facts.sponsor_id)
    row.sponsor_email = facts.sponsor_email


def _serves(rounds: Iterable[Round], moves: Mapping[str, int]) -> list[dict[str, Any]]:
    """The levels to reach with those the round found; a criterion the round does not ask is not kept."""
    nodes = {code: node for round_ in rounds for code, node in round_.result.nodes.items()}
    return [
        {"criterion": code, "from": nodes[code].level, "to": level}
        for code, level in moves.items()
        if code in nodes
    ]


def _told(
    changes: Mapping[str, tuple[Any, Any]], before: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, list[Any]]:
    """The changes for the trail: people by name, because ids mean nothing to whoever reads it."""
    told = {name.removesuffix("_id"): list(values) for name, values in changes.items()}
    return told | {name: [before[name], after[name]] for name in before if name in told}


async def measure(actor: Actor, action: UUID, on: date, value: Decimal, op: UUID) -> KpiReading:
    """Note a measured value of the indicator. Raises DoesNotExist, AlreadyDone."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/a/{action}#kpi")
        reading = await KpiReading.create(
            id=new_id(), organisation_id=actor.organisation_id, action_id=row.id, on=on, value=value,
            person_id=actor.person_id,
        )  # fmt: skip
        await audit.record(actor, "action_plans.kpi_measured", f"action {row.id}", on=on, value=value)
    return reading


async def unmeasure(actor: Actor, action: UUID, reading: UUID) -> None:
    """Take a measured value back; the trail keeps it. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        found = await KpiReading.get(id=reading, action_id=row.id, organisation_id=actor.organisation_id)
        await KpiReading.filter(id=found.id).delete()
        await audit.record(
            actor, "action_plans.kpi_reading_removed", f"action {row.id}", on=found.on, value=found.value
        )


async def take_out(actor: Actor, action: UUID, base: int) -> str:
    """Take the action out of its plan, whose slug it returns; a lever is then suggested again.

    Raises DoesNotExist, ChangedMeanwhile.
    """
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        if row.revision != base:
            raise await conflict_about(actor, row, base)
        await KpiReading.filter(action_id=row.id, organisation_id=actor.organisation_id).delete()
        await Action.filter(id=row.id, organisation_id=actor.organisation_id).delete()
        await end_adoption(actor, row.id)
        await audit.record(
            actor, "action_plans.action_removed", f"action {row.id}", plan=row.plan.slug, title=row.title,
            finding=row.finding, status=row.status, owner=row.owner_name, due=row.due_on,
        )  # fmt: skip
    return str(row.plan.slug)
