"""Plans: several assessments, capacity, suggestions put aside for a round."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0008_sender")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PlanAssessment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "plan",
                    fields.ForeignKeyField(
                        "palier.ActionPlan",
                        source_field="plan_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="further",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="further_plans",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("added_by", fields.UUIDField()),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "plan_assessment",
                "app": "palier",
                "unique_together": (("plan", "assessment"),),
                "pk_attr": "id",
                "table_description": "plan_assessment",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="ActionPlan",
            name="capacity",
            field=fields.JSONField(
                default=dict,
                db_default={},
                encoder=functools.partial(dumps, separators=(",", ":")),
                decoder=loads,
            ),
        ),
        ops.AddField(
            model_name="Dismissal",
            name="assessment",
            field=fields.ForeignKeyField(
                "palier.Assessment",
                source_field="assessment_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="dismissals",
                on_delete=OnDelete.CASCADE,
            ),
        ),
        ops.RunSQL((Path(__file__).parent / "0009_plans.sql").read_text(), reverse_sql="select 1"),
    ]
