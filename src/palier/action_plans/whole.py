"""A plan with all it holds, in three statements: every page of a plan reads the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from palier.action_plans.store import (
    Action,
    ActionPlan,
    ChecklistItem,
    Dismissal,
    Gone,
    KpiReading,
    soonest_first,
)
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.foundation.rows import columns, row_in, row_of

_HELD = """
select 'reading' as part, r.id, r.action_id as of, r."on", r.value, r.person_id as person, null as words, null as reason,
null::int as place, null::timestamptz as at, null::uuid as other from kpi_reading r join action a on a.id = r.action_id
where r.organisation_id = $1 and a.plan_id = $2 and a.kpi_name <> ''
union all select 'step', c.id, c.action_id, null, null, c.done_by, c.text, null, c.position, c.done_at, null
from checklist_item c join action a on a.id = c.action_id where c.organisation_id = $1 and a.plan_id = $2
union all select 'edge', d.id, d.action_id, null, null, null, null, null, null, null, d.requires_id
from action_dependency d join action a on a.id = d.action_id where d.organisation_id = $1 and a.plan_id = $2
union all select 'further', f.id, null, null, null, null, s.slug, null, null, f.added_at, null
from plan_assessment f join assessment s on s.id = f.assessment_id where f.organisation_id = $1 and f.plan_id = $2
union all select 'aside', x.id, x.plan_id, null, null, x.person_id, x.lever, x.reason, null, x.at, x.assessment_id
from dismissal x where x.organisation_id = $1 and (x.assessment_id = $3
or x.assessment_id in (select assessment_id from plan_assessment where organisation_id = $1 and plan_id = $2))
"""


@dataclass(slots=True)
class Held:
    """What stands in a plan: its actions, the soonest due first, and by action what belongs to each."""

    actions: list[Action]
    readings: dict[UUID, list[KpiReading]] = field(default_factory=dict)
    """Of actions with an indicator, oldest first."""
    checklists: dict[UUID, list[ChecklistItem]] = field(default_factory=dict)
    requires: dict[UUID, list[UUID]] = field(default_factory=dict)
    further: list[str] = field(default_factory=list)
    """Addresses of the assessments it draws on beside its own, in the order they were added."""
    dismissals: list[Dismissal] = field(default_factory=list)
    """Suggestions put aside for its assessments, in whatever plan, the latest first."""


async def plan_with_round(actor: Actor, slug: str) -> ActionPlan:
    """The plan the address names, with its assessment. Raises Gone, for a stranger's plan as for an unknown one."""
    sql = (
        f"select {columns(ActionPlan, 'p')}, {columns(Assessment, 'a')} from action_plan p "  # noqa: S608  (columns of ours)
        "join assessment a on a.id = p.assessment_id where p.organisation_id = $1 and p.slug = $2"
    )
    for row in await select(sql, actor.organisation_id, slug):
        plan = row_in(ActionPlan, row, "p")
        plan.assessment = row_in(Assessment, row, "a")
        return plan
    raise Gone("plan")


async def held_by(actor: Actor, plan: ActionPlan) -> Held:
    """All that stands in `plan`."""
    sql = f"select {columns(Action)} from action where organisation_id = $1 and plan_id = $2"  # noqa: S608  (columns of ours)
    found = await select(sql, actor.organisation_id, plan.id)
    held = Held(soonest_first(row_in(Action, row) for row in found))
    rows = await select(_HELD, actor.organisation_id, plan.id, plan.assessment_id)
    for row in sorted(rows, key=_in_order):
        _put(held, row, actor.organisation_id)
    held.dismissals.reverse()
    return held


def _in_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Readings by day, steps by place, assessments and dismissals by moment, then as they were made."""
    when = {"reading": row["on"], "step": row["place"], "edge": None}
    return row["part"], when.get(row["part"], row["at"]), row["id"]


def _put(held: Held, row: Mapping[str, Any], organisation: UUID) -> None:
    own = {"id": row["id"], "organisation_id": organisation}
    match row["part"]:
        case "reading":
            reading = row_of(
                KpiReading, **own, action_id=row["of"], on=row["on"], value=row["value"], person_id=row["person"]
            )  # fmt: skip
            held.readings.setdefault(row["of"], []).append(reading)
        case "step":
            step = row_of(
                ChecklistItem, **own, action_id=row["of"], text=row["words"], position=row["place"], done_at=row["at"],
                done_by=row["person"],
            )  # fmt: skip
            held.checklists.setdefault(row["of"], []).append(step)
        case "edge":
            held.requires.setdefault(row["of"], []).append(row["other"])
        case "further":
            held.further.append(row["words"])
        case _:
            aside = row_of(
                Dismissal, **own, plan_id=row["of"], assessment_id=row["other"], lever=row["words"],
                reason=row["reason"], person_id=row["person"], at=row["at"],
            )  # fmt: skip
            held.dismissals.append(aside)
