"""What an action waits for: other actions of the organisation, never in a circle."""

from dataclasses import dataclass
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.rules.waiting import may_require, offered
from palier.action_plans.store import Action, ActionDependency
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.database import one_at_a_time, transaction
from palier.foundation.identifiers import new_id


class InACircle(ValueError):
    """The required action already waits for this one, directly or through others."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What an action waits for, what waits for it, and what it may still be made to wait for; with their plans."""

    requires: list[Action]
    awaited_by: list[Action]
    offered: list[Action]


async def waits_of(actor: Actor, action: UUID) -> Waits:
    """The neighbours of an action. Call it inside `reading`."""
    actions = {row.id: row for row in await store.all_actions(actor)}
    edges = await store.dependencies_of(actor, actions)
    requires = edges.get(action, [])
    awaited = [one for one, needed in edges.items() if action in needed]
    return Waits(
        [actions[one] for one in requires],
        [actions[one] for one in awaited],
        [actions[one] for one in offered(edges, action, actions)],
    )


async def wait_for(actor: Actor, action: UUID, required: UUID, op: UUID) -> None:
    """Make `action` wait for `required`; once is enough. Raises DoesNotExist, InACircle, AlreadyDone."""
    async with transaction(actor):
        await _one_at_a_time(actor)
        row, needed = await store.action_by_id(actor, action), await store.action_by_id(actor, required)
        edges = await store.dependencies_of(actor, [one.id for one in await store.all_actions(actor)])
        if needed.id in edges.get(row.id, []):
            return
        if not may_require(edges, row.id, needed.id):
            raise InACircle
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/a/{action}#waits")
        await ActionDependency.create(
            id=new_id(), organisation_id=actor.organisation_id, action_id=row.id, requires_id=needed.id
        )
        await audit.record(actor, "action_plans.dependency_added", f"action {row.id}", requires=needed.title)


async def stop_waiting(actor: Actor, action: UUID, required: UUID) -> None:
    """`action` no longer waits for `required`; once is enough. Raises DoesNotExist."""
    async with transaction(actor):
        row, needed = await store.action_by_id(actor, action), await store.action_by_id(actor, required)
        gone = await ActionDependency.filter(
            organisation_id=actor.organisation_id, action_id=row.id, requires_id=needed.id
        ).delete()
        if gone:
            await audit.record(
                actor, "action_plans.dependency_removed", f"action {row.id}", requires=needed.title
            )


async def _one_at_a_time(actor: Actor) -> None:
    """Two edges added at once could close a circle neither sees; the same lock as the table's trigger."""
    await one_at_a_time(f"action_dependency {actor.organisation_id}")
