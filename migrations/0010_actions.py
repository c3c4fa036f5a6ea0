"""Actions: every field of the method, the checklist, what waits for what, the reviews."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.action_plans.rules.life import Stage
from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0009_plans")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ActionDependency",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "action",
                    fields.ForeignKeyField(
                        "palier.Action",
                        source_field="action_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dependencies",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "requires",
                    fields.ForeignKeyField(
                        "palier.Action",
                        source_field="requires_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="dependents",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "action_dependency",
                "app": "palier",
                "unique_together": (("action", "requires"),),
                "pk_attr": "id",
                "table_description": "action_dependency",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ActionReview",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "action",
                    fields.ForeignKeyField(
                        "palier.Action",
                        source_field="action_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reviews",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("on", fields.DateField()),
                (
                    "stage",
                    fields.CharEnumField(
                        description="PLAN: plan\nDO: do\nCHECK: check\nACT: act",
                        enum_type=Stage,
                        max_length=10,
                    ),
                ),
                ("words", fields.TextField(default="", unique=False)),
                ("person_id", fields.UUIDField()),
            ],
            options={
                "table": "action_review",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "action_review",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChecklistItem",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "action",
                    fields.ForeignKeyField(
                        "palier.Action",
                        source_field="action_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="checklist",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("text", fields.CharField(max_length=500)),
                ("position", fields.SmallIntField()),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_by", fields.UUIDField(null=True)),
            ],
            options={
                "table": "checklist_item",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "checklist_item",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Action",
            name="blocked",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Action",
            name="blocked_reason",
            field=fields.CharField(default="", db_default="", max_length=500),
        ),
        ops.AddField(
            model_name="Action",
            name="cause",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Action",
            name="channels",
            field=fields.JSONField(
                default=list,
                db_default=[],
                encoder=functools.partial(dumps, separators=(",", ":")),
                decoder=loads,
            ),
        ),
        ops.AddField(
            model_name="Action",
            name="cost",
            field=fields.DecimalField(null=True, max_digits=14, decimal_places=2),
        ),
        ops.AddField(
            model_name="Action",
            name="currency",
            field=fields.CharField(default="EUR", db_default="EUR", max_length=3),
        ),
        ops.AddField(
            model_name="Action",
            name="evidence",
            field=fields.TextField(default="", db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Action",
            name="impact",
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name="Action",
            name="kpi_source",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="Action",
            name="next_review_on",
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name="Action",
            name="review_every_months",
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name="Action",
            name="sponsor_email",
            field=fields.CharField(default="", db_default="", max_length=254),
        ),
        ops.AddField(
            model_name="Action",
            name="sponsor_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name="Action",
            name="stage",
            field=fields.CharEnumField(
                default=Stage.PLAN,
                description="PLAN: plan\nDO: do\nCHECK: check\nACT: act",
                db_default="plan",
                enum_type=Stage,
                max_length=10,
            ),
        ),
        ops.RunSQL((Path(__file__).parent / "0010_actions.sql").read_text(), reverse_sql="select 1"),
        ops.RemoveField(model_name="Action", name="steps"),
    ]
