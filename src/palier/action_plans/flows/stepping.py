"""The checklist of an action: steps ticked one by one, added, and rewritten as a whole."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.rules.checklist import Step, checklist_fault, rewritten
from palier.action_plans.store import Action, ChecklistItem
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id


class UnacceptableSteps(ValueError):
    """Steps that break a rule: nothing was written. `rule` says which (rules.checklist)."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class StepsChangedMeanwhile(Exception):
    """Somebody else changed the words of the steps: nothing was written. `steps` are the words as they stand."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__(len(steps))
        self.steps = steps


def seal_of(texts: Sequence[str]) -> str:
    """A short mark of the words of the steps, so that a form can tell whether they changed; ticks do not count."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


async def tick(actor: Actor, action: UUID, step: UUID, *, done: bool) -> Action:
    """Say that a step is done, or that it is not; once is enough. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        item = await ChecklistItem.get(id=step, action_id=row.id, organisation_id=actor.organisation_id)
        if done != (item.done_at is not None):
            item.done_at, item.done_by = (now(), actor.person_id) if done else (None, None)
            await item.save(update_fields=["done_at", "done_by"])
            verb = "action_plans.step_done" if done else "action_plans.step_reopened"
            await audit.record(actor, verb, f"action {row.id}", step=item.text)
    return row


async def add_step(actor: Actor, action: UUID, text: str, op: UUID) -> None:
    """Add a step at the end. Raises DoesNotExist, UnacceptableSteps, AlreadyDone."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        items = await _items(actor, row)
        check_steps([*(item.text for item in items), text])
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/a/{action}#steps")
        await _create(row, text, len(items) + 1)
        await audit.record(actor, "action_plans.step_added", f"action {row.id}", step=text)


async def rewrite(actor: Actor, action: UUID, lines: Sequence[str], seal: str) -> None:
    """Replace the steps; those that keep their words keep their tick. `seal` marks the words the page showed.

    Raises DoesNotExist, UnacceptableSteps, StepsChangedMeanwhile.
    """
    async with transaction(actor):
        await rewrite_in(actor, action, lines, seal)


async def rewrite_in(actor: Actor, action: UUID, lines: Sequence[str], seal: str, **details: str) -> None:
    """As `rewrite`, in the caller's transaction; `details` join the trail."""
    row = await store.action_by_id(actor, action, locked=True)
    items = await _items(actor, row)
    before = [item.text for item in items]
    if before == list(lines):
        return
    if seal != seal_of(before):
        raise StepsChangedMeanwhile(before)
    check_steps(lines)
    await _replace(row, items, lines)
    await audit.record(
        actor, "action_plans.steps_rewritten", f"action {row.id}", before=before, after=list(lines), **details
    )


async def _items(actor: Actor, row: Action) -> list[ChecklistItem]:
    return (await store.checklists_of(actor, [row.id])).get(row.id, [])


def check_steps(lines: Sequence[str]) -> None:
    """Raises UnacceptableSteps."""
    if rule := checklist_fault(lines):
        raise UnacceptableSteps(rule)


async def _replace(row: Action, items: Sequence[ChecklistItem], lines: Sequence[str]) -> None:
    after = rewritten([Step(item.id, item.text) for item in items], lines)
    kept = {step.id for step in after}
    gone = [item.id for item in items if item.id not in kept]
    await ChecklistItem.filter(id__in=gone, organisation_id=row.organisation_id).delete()
    for place, (step, line) in enumerate(zip(after, lines, strict=True), start=1):
        if step.id is None:
            await _create(row, line, place)
        else:
            await ChecklistItem.filter(id=step.id, organisation_id=row.organisation_id).update(
                text=line, position=place
            )


async def _create(row: Action, text: str, place: int) -> None:
    await ChecklistItem.create(
        id=new_id(), organisation_id=row.organisation_id, action_id=row.id, text=text, position=place
    )
