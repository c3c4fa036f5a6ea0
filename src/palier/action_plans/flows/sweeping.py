"""Several actions changed at once: each under its own revision, so that nobody's change is overwritten unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable, change_in
from palier.action_plans.rules.bulk import Sweep
from palier.action_plans.store import Action
from palier.foundation.actor import Actor
from palier.foundation.database import transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """An action left as it was, and why: somebody changed it meanwhile, or the change breaks a rule."""

    row: Action
    why: ChangedMeanwhile | Unacceptable


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of the actions: changed, the same already, left alone, no longer in the plan."""

    changed: int
    same: int
    kept: tuple[Kept, ...]
    gone: int


async def sweep_actions(actor: Actor, slug: str, picks: Mapping[UUID, int], sweep: Sweep) -> Swept:
    """Make the same change to the picked actions of a plan, whose revisions the page showed; what cannot be is told.

    Raises DoesNotExist for the plan, UnknownOwner.
    """
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        rows = {row.id: row for row in await store.actions_of(actor, [plan.id])}
        kept, changed = [], 0
        known = sorted(
            picks.keys() & rows.keys()
        )  # always in one order: two sweeps wait, and never for each other
        for action in known:
            try:
                after = await change_in(actor, action, picks[action], sweep.over)
                changed += after.revision != rows[action].revision
            except (ChangedMeanwhile, Unacceptable) as why:
                kept.append(Kept(rows[action], why))
    return Swept(changed, len(known) - changed - len(kept), tuple(kept), len(picks) - len(known))
