"""Plans, actions, readings of their KPI, and suggestions put aside. Every query starts from an actor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import DoesNotExist
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from palier.action_plans.rules.life import ActionStatus, Stage
from palier.foundation.actor import Actor, Person
from palier.foundation.database import select
from palier.foundation.identifiers import new_id


class Gone(DoesNotExist):
    """What a mailed link stands for is no longer there for its reader: a page not found."""


class ActionPlan(Model):
    """An organisation's plan, born from a submitted assessment."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="plans")
    slug = fields.CharField(max_length=80)
    title = fields.CharField(max_length=160)
    assessment: Any = fields.ForeignKeyField("palier.Assessment", related_name="plans")
    assessment_id: UUID
    strategic_weights: Any = fields.JSONField(default=dict)  # {dimension code: 0-3}, default 1
    targets: Any = fields.JSONField(default=dict)  # {criterion code: points}, default next rung
    capacity: Any = fields.JSONField(
        default=dict, db_default={}
    )  # rules/quarters.py; empty: not planned by it
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "action_plan"
        unique_together = (("organisation", "slug"),)


class PlanAssessment(Model):
    """A further submitted assessment a plan draws on, beside the one it was born from."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    plan: Any = fields.ForeignKeyField("palier.ActionPlan", related_name="further")
    plan_id: UUID
    assessment: Any = fields.ForeignKeyField("palier.Assessment", related_name="further_plans")
    assessment_id: UUID
    added_by = fields.UUIDField()
    added_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "plan_assessment"
        unique_together = (("plan", "assessment"),)


class Action(Model):
    """One thing somebody does by a date to move some criteria."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    plan: Any = fields.ForeignKeyField("palier.ActionPlan", related_name="actions")
    plan_id: UUID
    lever = fields.CharField(max_length=40, default="")  # empty = own action
    title = fields.CharField(max_length=200)
    finding = fields.TextField(default="")
    cause = fields.TextField(default="", db_default="")
    evidence = fields.TextField(default="", db_default="")
    serves: Any = fields.JSONField(default=list)  # [{"criterion": code, "from": level, "to": level}]
    status = fields.CharEnumField(ActionStatus, max_length=20, default=ActionStatus.PLANNED)
    progress = fields.SmallIntField(default=0)  # 0-100
    owner_id = fields.UUIDField(null=True)
    owner_name = fields.CharField(max_length=120, default="")
    sponsor = fields.CharField(max_length=120, default="")
    sponsor_id = fields.UUIDField(null=True)  # a member, when the sponsor is one
    sponsor_email = fields.CharField(
        max_length=254, default="", db_default=""
    )  # else where they are written to
    starts_on = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    done_at = fields.DatetimeField(null=True)
    effort = fields.SmallIntField(default=2)  # 1-5
    months = fields.SmallIntField(default=3)
    impact = fields.SmallIntField(null=True)  # 1-5, as people judge it; the gain is the engine's
    cost = fields.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = fields.CharField(max_length=3, default="EUR", db_default="EUR")
    stage = fields.CharEnumField(Stage, max_length=10, default=Stage.PLAN, db_default="plan")
    blocked = fields.BooleanField(default=False, db_default=False)
    blocked_reason = fields.CharField(max_length=500, default="", db_default="")
    channels: Any = fields.JSONField(default=list, db_default=[])  # codes of life.Channel
    review_every_months = fields.SmallIntField(null=True)
    next_review_on = fields.DateField(null=True)
    kpi_name = fields.CharField(max_length=160, default="")
    kpi_unit = fields.CharField(max_length=40, default="")
    kpi_direction = fields.CharField(max_length=4, default="up")
    kpi_baseline = fields.DecimalField(max_digits=14, decimal_places=3, null=True)
    kpi_target = fields.DecimalField(max_digits=14, decimal_places=3, null=True)
    kpi_source = fields.CharField(max_length=200, default="", db_default="")
    expected_gain = fields.CharField(max_length=60, default="0")  # exact fraction, points of the total
    priority = fields.CharField(max_length=60, default="0")
    practice_id = fields.UUIDField(null=True)  # the practice its effect was told as
    revision = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    created_by = fields.UUIDField()

    class Meta:
        table = table_description = "action"
        indexes = (("plan_id", "status"),)


class KpiReading(Model):
    """A measured value of an action's KPI."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    action: Any = fields.ForeignKeyField("palier.Action", related_name="readings")
    action_id: UUID
    on = fields.DateField()
    value = fields.DecimalField(max_digits=14, decimal_places=3)
    person_id = fields.UUIDField()

    class Meta:
        table = table_description = "kpi_reading"


class ActionDependency(Model):
    """`action` waits for `requires`: both of the organisation, of any of its plans; the database refuses a cycle."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    action: Any = fields.ForeignKeyField("palier.Action", related_name="dependencies")
    action_id: UUID
    requires: Any = fields.ForeignKeyField("palier.Action", related_name="dependents")
    requires_id: UUID

    class Meta:
        table = table_description = "action_dependency"
        unique_together = (("action", "requires"),)


class ChecklistItem(Model):
    """One step of an action, ticked when it is done."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    action: Any = fields.ForeignKeyField("palier.Action", related_name="checklist")
    action_id: UUID
    text = fields.CharField(max_length=500)
    position = fields.SmallIntField()
    done_at = fields.DatetimeField(null=True)
    done_by = fields.UUIDField(null=True)

    class Meta:
        table = table_description = "checklist_item"


class ActionReview(Model):
    """What people found when they reviewed an action, and the stage they left it at."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    action: Any = fields.ForeignKeyField("palier.Action", related_name="reviews")
    action_id: UUID
    on = fields.DateField()
    stage = fields.CharEnumField(Stage, max_length=10)
    words = fields.TextField(default="")
    person_id = fields.UUIDField()

    class Meta:
        table = table_description = "action_review"


class Dismissal(Model):
    """A suggested lever put aside for a round, in every plan that draws on it; and why."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    plan: Any = fields.ForeignKeyField("palier.ActionPlan", related_name="dismissals")
    assessment: Any = fields.ForeignKeyField("palier.Assessment", related_name="dismissals", null=True)
    assessment_id: UUID | None
    lever = fields.CharField(max_length=40)
    reason = fields.CharField(max_length=300)
    person_id = fields.UUIDField()
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "dismissal"
        unique_together = (("plan", "lever"),)


class CalendarFeed(Model):
    """The secret address under which a calendar reads a person's due dates: one at a time, known by its fingerprint."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.OneToOneField("palier.Person", related_name="calendar_feed")
    person_id: UUID
    fingerprint = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "calendar_feed"


class SentReminder(Model):
    """One reminder sent to one address: written before the letter, so that it goes out once; the letter's links name it.

    `due_on` is the action's date when it was written; a digest has no action, and `due_on` is the Monday of its week.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    action: Any = fields.ForeignKeyField("palier.Action", related_name="reminders", null=True)
    action_id: UUID | None
    person_id = fields.UUIDField(null=True)
    email = fields.CharField(max_length=254)
    kind = fields.CharField(max_length=20)
    due_on = fields.DateField()
    fingerprint = fields.CharField(max_length=64, null=True, unique=True)
    sent_at = fields.DatetimeField()

    class Meta:
        table = table_description = "sent_reminder"


# --- named queries ------------------------------------------------------------------------------------------


def visible_plans(actor: Actor) -> QuerySet[ActionPlan]:
    """The organisation's plans with the assessment each was born from, newest first."""
    rows = ActionPlan.filter(organisation_id=actor.organisation_id)
    return rows.select_related("assessment").order_by("-created_at")


async def plan_by_slug(actor: Actor, slug: str, *, locked: bool = False) -> ActionPlan:
    """The plan the address names, with its assessment. Raises DoesNotExist, for a stranger's plan as for an unknown one.

    `locked` makes other changes of what the plan holds wait for this one.
    """
    if locked:
        await ActionPlan.filter(organisation_id=actor.organisation_id, slug=slug).select_for_update().get()
    return await visible_plans(actor).get(slug=slug)


async def slugs_of(actor: Actor) -> set[str]:
    """Addresses taken by the organisation's plans."""
    rows = await select("select slug from action_plan where organisation_id = $1", actor.organisation_id)
    return {row["slug"] for row in rows}


async def actions_of(actor: Actor, plans: Iterable[UUID]) -> list[Action]:
    """The actions of these plans: the soonest due first, undated ones last."""
    return soonest_first(await Action.filter(organisation_id=actor.organisation_id, plan_id__in=list(plans)))


def soonest_first(rows: Iterable[Action]) -> list[Action]:
    """Actions by the day they are due, undated ones last."""
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.created_at, row.id))


async def action_by_id(actor: Actor, action: UUID, *, locked: bool = False) -> Action:
    """One action with its plan and the plan's assessment. Raises DoesNotExist."""
    if locked:
        await Action.filter(organisation_id=actor.organisation_id, id=action).select_for_update().get()
    rows = Action.filter(organisation_id=actor.organisation_id).select_related("plan__assessment")
    return await rows.get(id=action)


def unfinished(actor: Actor) -> QuerySet[Action]:
    """Actions that are not done, with their plan, the soonest due first."""
    rows = Action.filter(organisation_id=actor.organisation_id, status__not=ActionStatus.DONE)
    return rows.select_related("plan").order_by("due_on", "created_at")


def involving(actor: Actor) -> QuerySet[Action]:
    """Unfinished actions the actor's person carries or sponsors, with their plan, the soonest due first."""
    return unfinished(actor).filter(Q(owner_id=actor.person_id) | Q(sponsor_id=actor.person_id))


@dataclass(frozen=True, slots=True)
class Deadline:
    """An unfinished action, with its plan, and the day it is due on."""

    row: Action
    on: date


async def deadlines_of(organisation: UUID) -> list[Deadline]:
    """What an organisation is reminded of, the soonest due first."""
    rows = Action.filter(organisation_id=organisation, status__not=ActionStatus.DONE, due_on__isnull=False)
    found = await rows.select_related("plan").order_by("due_on", "title")
    return [Deadline(row, row.due_on) for row in found if row.due_on]


async def readings_of(actor: Actor, actions: Iterable[UUID]) -> dict[UUID, list[KpiReading]]:
    """Measured values by action, oldest first."""
    rows = KpiReading.filter(organisation_id=actor.organisation_id, action_id__in=list(actions))
    found: dict[UUID, list[KpiReading]] = {}
    for row in await rows.order_by("on", "id"):
        found.setdefault(row.action_id, []).append(row)
    return found


async def all_actions(actor: Actor) -> list[Action]:
    """Every action of the organisation with its plan, in the order they were made."""
    rows = Action.filter(organisation_id=actor.organisation_id).select_related("plan")
    return await rows.order_by("created_at", "id")


async def checklists_of(actor: Actor, actions: Iterable[UUID]) -> dict[UUID, list[ChecklistItem]]:
    """The steps of these actions, by action, in their order."""
    rows = ChecklistItem.filter(organisation_id=actor.organisation_id, action_id__in=list(actions))
    found: dict[UUID, list[ChecklistItem]] = {}
    for row in await rows.order_by("position", "id"):
        found.setdefault(row.action_id, []).append(row)
    return found


async def dependencies_of(actor: Actor, actions: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """What each of these actions waits for, by action; actions that wait for nothing are absent."""
    rows = ActionDependency.filter(organisation_id=actor.organisation_id, action_id__in=list(actions))
    found: dict[UUID, list[UUID]] = {}
    for row in await rows.order_by("id"):
        found.setdefault(row.action_id, []).append(row.requires_id)
    return found


async def titles_of(actor: Actor, actions: Iterable[UUID]) -> dict[UUID, str]:
    """What these actions are called; a stranger's are left out."""
    rows = Action.filter(organisation_id=actor.organisation_id, id__in=list(actions))
    return dict(await rows.values_list("id", "title"))


async def add_requirements(action: Action, required: Iterable[Action]) -> None:
    """Make a new action wait for others; nothing waits for it yet, so no circle closes."""
    await ActionDependency.bulk_create([
        ActionDependency(
            id=new_id(), organisation_id=action.organisation_id, action_id=action.id, requires_id=one.id
        )
        for one in required
    ])  # fmt: skip


async def add_steps(action: Action, texts: Iterable[str]) -> None:
    """Write the first checklist of a new action."""
    await ChecklistItem.bulk_create([
        ChecklistItem(
            id=new_id(), organisation_id=action.organisation_id, action_id=action.id, text=text[:500], position=place
        )
        for place, text in enumerate(texts, start=1)
    ])  # fmt: skip


async def dismissals_of(actor: Actor, assessments: Iterable[UUID]) -> list[Dismissal]:
    """Suggestions put aside for these rounds, in whatever plan, the latest first."""
    rows = Dismissal.filter(organisation_id=actor.organisation_id, assessment_id__in=list(assessments))
    return await rows.order_by("-at")


async def further_assessments(actor: Actor, plan: UUID) -> list[PlanAssessment]:
    """The assessments a plan draws on beside its own, in the order they were added."""
    return [row for row in await every_further_assessment(actor) if row.plan_id == plan]


async def every_further_assessment(actor: Actor) -> list[PlanAssessment]:
    """What the organisation's plans draw on beside their own assessments, in the order it was added."""
    rows = PlanAssessment.filter(organisation_id=actor.organisation_id)
    return await rows.select_related("assessment").order_by("added_at", "id")


async def late_count(actor: Actor, today: date) -> int:
    """How many of the organisation's actions are past their date and not done."""
    return await unfinished(actor).filter(due_on__lt=today).count()


async def feed_of(person: Person) -> CalendarFeed | None:
    """The calendar address this person has opened, if any."""
    return await CalendarFeed.get_or_none(person_id=person.person_id)


async def feed_behind(fingerprint: str) -> CalendarFeed | None:
    """The calendar address with this fingerprint, with its person. Call it for a `LinkHolder`."""
    return await CalendarFeed.filter(fingerprint=fingerprint).select_related("person").first()
