"""Questionnaires of one's own, values that are no choice of a level, the scope of a round, wider codes."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.questionnaires.store import OwnState


class Migration(Step):
    dependencies = [("palier", "0002_isolation_and_history")]

    operations = [
        ops.CreateModel(
            name="OwnQuestionnaire",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="own_questionnaires",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="own_questionnaires",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(default="", max_length=24)),
                ("version", fields.CharField(default="", max_length=20)),
                (
                    "title",
                    fields.JSONField(
                        default=dict,
                        db_default={},
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                (
                    "content",
                    fields.JSONField(
                        null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("hash", fields.CharField(default="", max_length=64)),
                (
                    "state",
                    fields.CharEnumField(
                        default=OwnState.DRAFT,
                        description="DRAFT: draft\nPUBLISHED: published\nWITHDRAWN: withdrawn",
                        enum_type=OwnState,
                        max_length=20,
                    ),
                ),
                ("file_name", fields.CharField(max_length=200)),
                ("upload", fields.BinaryField()),
                ("uploaded_by", fields.UUIDField()),
                ("uploaded_name", fields.CharField(max_length=120)),
                ("uploaded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("published_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("published_name", fields.CharField(default="", max_length=120)),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "own_questionnaire",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "own_questionnaire",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Answer",
            name="value",
            field=fields.JSONField(
                null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
        ops.AlterField(
            model_name="Assessment",
            name="questionnaire",
            field=fields.CharField(max_length=24),
        ),
        ops.AddField(
            model_name="Assessment",
            name="scope",
            field=fields.JSONField(
                default=list,
                db_default=[],
                encoder=functools.partial(dumps, separators=(",", ":")),
                decoder=loads,
            ),
        ),
        ops.AlterField(
            model_name="Campaign",
            name="questionnaire",
            field=fields.CharField(max_length=24),
        ),
        ops.AlterField(
            model_name="Edition",
            name="questionnaire",
            field=fields.CharField(max_length=24),
        ),
        ops.AlterField(
            model_name="UsedDefinition",
            name="questionnaire",
            field=fields.CharField(max_length=24),
        ),
        ops.RunSQL(
            (Path(__file__).parent / "0003_own_questionnaires.sql").read_text(), reverse_sql="select 1"
        ),
    ]
