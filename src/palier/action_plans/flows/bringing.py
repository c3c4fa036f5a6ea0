"""Actions that come back from a workbook: kept and shown first, written once when confirmed, then the file is forgotten."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from palier.action_plans import store
from palier.action_plans.data_wording import known_words
from palier.action_plans.flows.acting import ChangedMeanwhile, add_in, change_in, facts_of
from palier.action_plans.flows.overview import PlanView, view_of
from palier.action_plans.flows.owners import UnknownOwner, possible_owners
from palier.action_plans.flows.stepping import StepsChangedMeanwhile, rewrite_in, seal_of
from palier.action_plans.rules.action_lines import ActionLine, Fault, read_lines
from palier.action_plans.rules.action_merging import Change, Merged, Standing, merge
from palier.action_plans.store import ActionPlan
from palier.action_plans.trail import Event, trail_of
from palier.foundation import audit, brought_files, operations
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.filled_sheets import FilledSheet, filled_sheet
from palier.foundation.identifiers import new_id
from palier.foundation.sheets import ReadSheet, read_sheets
from palier.foundation.store import BroughtFile


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do to the plan as it is now. `faults` are in order of line; a line with one is left out."""

    file: BroughtFile
    view: PlanView
    merged: Merged
    faults: Sequence[Fault]
    ignored: Sequence[str]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file did: actions created and changed, and those left alone because somebody else changed them."""

    created: int
    changed: int
    kept: int


def _subject(plan: ActionPlan) -> str:
    return f"plan {plan.id}"


async def bring(actor: Actor, slug: str, name: str, data: bytes, op: UUID) -> UUID:
    """Keep a workbook to look at; its id. No action changes. Raises DoesNotExist, BadWorkbook, AlreadyDone."""
    await asyncio.to_thread(read_sheets, data)
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug)
        file = new_id()
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/plans/{slug}/data/{file}")
        await brought_files.keep(actor, file, _subject(plan), name, data)
    return file


async def preview(actor: Actor, slug: str, file: UUID) -> Preview:
    """What the file would do. Call inside `reading(actor)`. Raises DoesNotExist."""
    plan = await store.plan_by_slug(actor, slug)
    return await _preview(actor, plan, await brought_files.brought(actor, _subject(plan), file))


async def _preview(actor: Actor, plan: ActionPlan, file: BroughtFile) -> Preview:
    view = await view_of(actor, plan)
    if file.content is None:
        return Preview(file, view, Merged((), (), (), 0, ()), (), ())
    sheet = _actions_in(await asyncio.to_thread(read_sheets, file.content))
    lines, wrong = read_lines(sheet, view.questionnaire, known_words().words)
    seals = {one.values["steps"]: seal_of(one.values["steps"]) for one in lines if one.values.get("steps")}
    merged = merge(
        lines, await _standing(actor, view, lines), await possible_owners(actor), {(): seal_of(())} | seals
    )
    faults = sorted((*wrong, *merged.faults), key=lambda one: one.line)
    return Preview(file, view, merged, faults, sheet.ignored)


def _actions_in(sheets: Sequence[ReadSheet]) -> FilledSheet:
    """The first sheet that holds actions, else the first one, whose faults then say what is missing."""
    found = [filled_sheet(sheet, known_words().heads) for sheet in sheets]
    return next(
        (one for one in found if "title" in one.columns), found[0] if found else FilledSheet((), (), (), ())
    )


async def _standing(actor: Actor, view: PlanView, lines: Sequence[ActionLine]) -> list[Standing]:
    taken = {line.mark.action: line.mark.revision for line in lines if line.mark}
    found = []
    for action in view.actions:
        row = action.row
        steps = tuple(one.text for one in action.checklist)
        base = taken.get(row.id, row.revision)
        trail = [] if base == row.revision else await trail_of(actor, f"action {row.id}")
        since = _since(trail, base, row.revision)
        found.append(
            Standing(
                row.id, facts_of(row), row.owner_name, row.sponsor, steps, seal_of(steps), row.revision,
                trail[0].by if trail else "", {} if since is None else {base: since},
            )
        )  # fmt: skip
    return found


def _since(trail: Sequence[Event], base: int, revision: int) -> Mapping[str, Any] | None:
    """What the facts changed after `base` were then; None where the trail no longer tells all of it."""
    later = {event.details.get("revision", 0): event for event in trail}
    if base > revision or any(number not in later for number in range(base + 1, revision + 1)):
        return None
    before: dict[str, Any] = {}
    for number in range(revision, base, -1):  # the earliest change has the last word
        before |= {name: pair[0] for name, pair in later[number].details.get("changes", {}).items()}
    return before


async def carry_out(actor: Actor, slug: str, file: UUID, overrule: Mapping[str, int]) -> Brought:
    """Write what the preview showed, and the conflicts in `overrule` (revision seen, by action id). Once: then nothing happens.

    The plan is read again under a lock: what somebody changed meanwhile is compared anew. Raises DoesNotExist.
    """
    async with transaction(actor):
        plan = await store.plan_by_slug(actor, slug, locked=True)
        row = await brought_files.brought(actor, _subject(plan), file, locked=True)
        if row.applied_at or row.content is None:
            return Brought(**row.outcome)
        merged = (found := await _preview(actor, plan, row)).merged
        for one in merged.created:
            op = uuid5(row.id, str(one.line.number))
            await add_in(actor, plan, one.facts, op, one.steps or (), row.name)
        wanted = [one for one in merged.conflicts if _is_overruled(one, overrule)]
        written = [
            await _write(actor, row, one, one.before) for one in (*merged.changed, *wanted) if one.before
        ]
        kept = written.count(False) + len(merged.conflicts) - len(wanted)
        done = {"created": len(merged.created), "changed": sum(written), "kept": kept}
        await brought_files.carried_out(row, done)
        await audit.record(
            actor, "action_plans.actions_brought", f"plan {slug}", file=row.name, sha256=row.sha256,
            faults=len(found.faults), **done,
        )  # fmt: skip
    return Brought(**done)


def _is_overruled(change: Change, overrule: Mapping[str, int]) -> bool:
    return change.before is not None and overrule.get(str(change.before.id)) == change.before.revision


async def _write(actor: Actor, file: BroughtFile, change: Change, before: Standing) -> bool:
    """Whether the action is on record as the file has it; somebody may write between our reading and this."""
    try:
        await change_in(actor, before.id, before.revision, lambda _: change.facts, file.name)
        if change.steps is not None:
            await rewrite_in(actor, before.id, change.steps, before.seal, source=file.name)
    except (ChangedMeanwhile, StepsChangedMeanwhile, UnknownOwner):
        return False
    return True
