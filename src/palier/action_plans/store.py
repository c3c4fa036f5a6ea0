"""Plans, actions, readings of their KPI, and suggestions put aside."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class ActionStatus(StrEnum):
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class ActionPlan(Model):
    """An organisation's plan, born from a submitted assessment."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="plans")
    slug = fields.CharField(max_length=80)
    title = fields.CharField(max_length=160)
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="plans")
    strategic_weights = fields.JSONField(default=dict)  # {dimension code: 0-3}, default 1
    targets = fields.JSONField(default=dict)  # {criterion code: points}, default next rung
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "action_plan"
        unique_together = (("organisation", "slug"),)


class Action(Model):
    """One thing somebody does by a date to move some criteria."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    plan = fields.ForeignKeyField("palier.ActionPlan", related_name="actions")
    lever = fields.CharField(max_length=40, default="")  # empty = own action
    title = fields.CharField(max_length=200)
    finding = fields.TextField(default="")
    steps = fields.JSONField(default=list)
    serves = fields.JSONField(default=list)  # [{"criterion": code, "from": level, "to": level}]
    status = fields.CharEnumField(ActionStatus, max_length=20, default=ActionStatus.PLANNED)
    progress = fields.SmallIntField(default=0)  # 0-100
    owner_id = fields.UUIDField(null=True)
    owner_name = fields.CharField(max_length=120, default="")
    sponsor = fields.CharField(max_length=120, default="")
    starts_on = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    done_at = fields.DatetimeField(null=True)
    effort = fields.SmallIntField(default=2)  # 1-5
    months = fields.SmallIntField(default=3)
    kpi_name = fields.CharField(max_length=160, default="")
    kpi_unit = fields.CharField(max_length=40, default="")
    kpi_direction = fields.CharField(max_length=4, default="up")
    kpi_baseline = fields.DecimalField(max_digits=14, decimal_places=3, null=True)
    kpi_target = fields.DecimalField(max_digits=14, decimal_places=3, null=True)
    expected_gain = fields.CharField(max_length=60, default="0")  # exact fraction, points of the total
    priority = fields.CharField(max_length=60, default="0")
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
    action = fields.ForeignKeyField("palier.Action", related_name="readings")
    on = fields.DateField()
    value = fields.DecimalField(max_digits=14, decimal_places=3)
    person_id = fields.UUIDField()

    class Meta:
        table = table_description = "kpi_reading"


class Dismissal(Model):
    """A suggested lever put aside for this plan, and why."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    plan = fields.ForeignKeyField("palier.ActionPlan", related_name="dismissals")
    lever = fields.CharField(max_length=40)
    reason = fields.CharField(max_length=300)
    person_id = fields.UUIDField()
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "dismissal"
        unique_together = (("plan", "lever"),)
