"""Answers and actions that come back from a spreadsheet."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0018_presets")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BroughtFile",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="brought_files",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("subject", fields.CharField(max_length=60)),
                ("name", fields.CharField(max_length=200)),
                ("content", fields.BinaryField(null=True)),
                ("sha256", fields.CharField(max_length=64)),
                ("brought_by", fields.UUIDField()),
                ("brought_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("applied_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "outcome",
                    fields.JSONField(
                        default=dict,
                        db_default={},
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "brought_file",
                "app": "palier",
                "indexes": [Index(fields=["organisation_id", "brought_at"])],
                "pk_attr": "id",
                "table_description": "brought_file",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="AnswerEvent",
            name="source",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.RunSQL((Path(__file__).parent / "0019_imports.sql").read_text(), reverse_sql="select 1"),
    ]
