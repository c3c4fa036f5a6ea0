"""Reopening a submitted round: the old state is kept, a new one is answered."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.assessments.store import AssessmentState
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0024_evidence")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Assessment",
            name="supersedes",
            field=fields.ForeignKeyField(
                "palier.Assessment",
                source_field="supersedes_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="reopenings",
                on_delete=OnDelete.CASCADE,
            ),
        ),
        ops.AddField(model_name="Assessment", name="origin_id", field=fields.UUIDField(null=True)),
        ops.AddField(
            model_name="Assessment", name="submission", field=fields.SmallIntField(default=1, db_default=1)
        ),
        ops.AddField(
            model_name="Assessment",
            name="reopened_reason",
            field=fields.CharField(default="", db_default="", max_length=500),
        ),
        ops.AddField(
            model_name="Assessment",
            name="reopened_name",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddField(
            model_name="Assessment",
            name="given_up_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Assessment",
            name="given_up_name",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddField(model_name="IssuedFile", name="assessment_id", field=fields.UUIDField(null=True)),
        ops.AlterField(
            model_name="Assessment",
            name="state",
            field=fields.CharEnumField(
                default=AssessmentState.DRAFT,
                description="DRAFT: draft\nSUBMITTED: submitted\nSUPERSEDED: superseded\nGIVEN_UP: given_up",
                enum_type=AssessmentState,
                max_length=20,
            ),
        ),
        ops.RunSQL((Path(__file__).parent / "0025_reopening.sql").read_text(), reverse_sql="select 1"),
    ]
