"""Practices of a network's members, and its own levers."""

import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.practices.store import LeverState, VersionState


class Migration(Step):
    dependencies = [("palier", "0003_own_questionnaires")]

    operations = [
        ops.CreateModel(
            name="NetworkLever",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="levers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("questionnaire", fields.CharField(max_length=24)),
                (
                    "state",
                    fields.CharEnumField(
                        default=LeverState.DRAFT,
                        description="DRAFT: draft\nPUBLISHED: published\nWITHDRAWN: withdrawn",
                        enum_type=LeverState,
                        max_length=20,
                    ),
                ),
                (
                    "content",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("revision", fields.IntField(default=1)),
                ("written_name", fields.CharField(max_length=120)),
                ("written_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "network_lever",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "network_lever",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Practice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="practices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="practices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("shared_version", fields.SmallIntField(null=True)),
                ("created_by", fields.UUIDField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "practice", "app": "palier", "pk_attr": "id", "table_description": "practice"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PracticeAdoption",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("practice_id", fields.UUIDField()),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="practice_adoptions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("action_id", fields.UUIDField(null=True)),
                ("adopted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "practice_adoption",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "practice_adoption",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PracticeComment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("practice_id", fields.UUIDField()),
                ("network_id", fields.UUIDField()),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="practice_comments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_name", fields.CharField(max_length=160)),
                ("person_id", fields.UUIDField()),
                ("person_name", fields.CharField(max_length=120)),
                ("text", fields.TextField(unique=False)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("hidden_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("hidden_reason", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "practice_comment",
                "app": "palier",
                "indexes": [Index(fields=["practice_id"])],
                "pk_attr": "id",
                "table_description": "practice_comment",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CommentReport",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "comment",
                    fields.ForeignKeyField(
                        "palier.PracticeComment",
                        source_field="comment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("network_id", fields.UUIDField()),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="comment_reports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_id", fields.UUIDField()),
                ("reason", fields.CharField(max_length=300)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "comment_report",
                "app": "palier",
                "unique_together": (("comment", "person_id"),),
                "pk_attr": "id",
                "table_description": "comment_report",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PracticeVersion",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "practice",
                    fields.ForeignKeyField(
                        "palier.Practice",
                        source_field="practice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="versions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                ("network_id", fields.UUIDField()),
                ("number", fields.SmallIntField()),
                (
                    "state",
                    fields.CharEnumField(
                        default=VersionState.DRAFT,
                        description="DRAFT: draft\nPROPOSED: proposed\nPUBLISHED: published\nSENT_BACK: sent_back\nWITHDRAWN: withdrawn",
                        enum_type=VersionState,
                        max_length=20,
                    ),
                ),
                ("locale", fields.CharField(max_length=2)),
                ("title", fields.CharField(max_length=160)),
                (
                    "content",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("revision", fields.IntField(default=1)),
                ("written_by", fields.UUIDField()),
                ("written_name", fields.CharField(max_length=120)),
                ("written_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("proposed_by", fields.UUIDField(null=True)),
                ("proposed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decided_name", fields.CharField(default="", max_length=120)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reason", fields.CharField(default="", max_length=1000)),
            ],
            options={
                "table": "practice_version",
                "app": "palier",
                "unique_together": (("practice", "number"),),
                "pk_attr": "id",
                "table_description": "practice_version",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SharedPractice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="shared_practices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("version", fields.SmallIntField()),
                ("locale", fields.CharField(max_length=2)),
                ("title", fields.CharField(max_length=160)),
                (
                    "content",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                (
                    "topics",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("organisation_name", fields.CharField(default="", max_length=160)),
                ("family", fields.CharField(default="", max_length=40)),
                ("sector", fields.CharField(default="", max_length=40)),
                ("size", fields.CharField(default="", max_length=20)),
                ("measured", fields.BooleanField(default=False)),
                ("adopters", fields.SmallIntField(default=0)),
                ("first_published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "shared_practice",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "shared_practice",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0004_practices.sql").read_text(), reverse_sql="select 1"),
    ]
