"""Individual rounds: everybody's own answers, who is asked, what was agreed on."""

import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from palier.assessments.store import Mode
from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.scoring.rules.answers import State


class Migration(Step):
    dependencies = [("palier", "0020_sharing")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Agreement",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="agreements",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=30)),
                ("reason", fields.TextField(default="", unique=False)),
                (
                    "dissent",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                (
                    "voices",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("revision", fields.IntField()),
                ("in_one_go", fields.BooleanField(default=False)),
                ("agreed_by", fields.UUIDField()),
                ("agreed_name", fields.CharField(max_length=120)),
                ("agreed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "agreement",
                "app": "palier",
                "indexes": [Index(fields=["assessment_id", "code"])],
                "pk_attr": "id",
                "table_description": "agreement",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Respondent",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="respondents",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_id", fields.UUIDField()),
                ("voice", fields.CharField(default="", max_length=60)),
                ("due_on", fields.DateField(null=True)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "respondent",
                "app": "palier",
                "unique_together": (("assessment", "person_id"),),
                "pk_attr": "id",
                "table_description": "respondent",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Response",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="responses",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=30)),
                ("person_id", fields.UUIDField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="ANSWERED: answered\nNA: na\nDK: dk\nBLANK: blank\nHIDDEN: hidden",
                        enum_type=State,
                        max_length=10,
                    ),
                ),
                ("level", fields.SmallIntField(null=True)),
                (
                    "value",
                    fields.JSONField(
                        null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("reason", fields.CharField(default="", max_length=500)),
                ("rationale", fields.TextField(default="", unique=False)),
                ("evidence_grade", fields.CharField(default="none", max_length=20)),
                ("evidence", fields.TextField(default="", unique=False)),
                ("evidence_link", fields.CharField(default="", max_length=1000)),
                ("to_review", fields.BooleanField(default=False)),
                ("revision", fields.IntField(default=1)),
                ("updated_by", fields.UUIDField()),
                ("updated_name", fields.CharField(default="", max_length=120)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "response",
                "app": "palier",
                "unique_together": (("assessment", "code", "person_id"),),
                "pk_attr": "id",
                "table_description": "response",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ResponseEvent",
            fields=[
                ("op", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="response_events",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=30)),
                ("revision", fields.IntField()),
                ("person_id", fields.UUIDField()),
                ("person_name", fields.CharField(max_length=120)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "before",
                    fields.JSONField(
                        null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                (
                    "after",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("source", fields.CharField(default="", db_default="", max_length=200)),
            ],
            options={
                "table": "response_event",
                "app": "palier",
                "indexes": [Index(fields=["assessment_id", "code", "person_id", "revision"])],
                "pk_attr": "op",
                "table_description": "response_event",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ResponseGiven",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="responses_given",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=30)),
                ("person_id", fields.UUIDField()),
                ("person_name", fields.CharField(max_length=120)),
                ("standing", fields.BooleanField(default=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "response_given",
                "app": "palier",
                "unique_together": (("assessment", "code", "person_id"),),
                "pk_attr": "id",
                "table_description": "response_given",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Assessment",
            name="answers_opened_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Assessment",
            name="mode",
            field=fields.CharEnumField(
                default=Mode.TOGETHER,
                description="TOGETHER: together\nINDIVIDUAL: individual",
                db_default="together",
                enum_type=Mode,
                max_length=20,
            ),
        ),
        ops.AddField(
            model_name="Assessment",
            name="names_shown",
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.RunSQL((Path(__file__).parent / "0021_responses.sql").read_text(), reverse_sql="select 1"),
    ]
