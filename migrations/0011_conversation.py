"""Comments and files of a topic, actions the first."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0010_actions")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Comment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("topic", fields.CharField(max_length=20)),
                ("topic_id", fields.UUIDField()),
                ("person_id", fields.UUIDField()),
                ("person_name", fields.CharField(max_length=120)),
                ("text", fields.TextField(unique=False)),
                (
                    "called",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revision", fields.IntField(default=1)),
            ],
            options={
                "table": "topic_comment",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "topic_comment",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TopicFile",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("topic", fields.CharField(max_length=20)),
                ("topic_id", fields.UUIDField()),
                (
                    "file",
                    fields.OneToOneField(
                        "palier.StoredFile",
                        source_field="file_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="beside",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_name", fields.CharField(max_length=120)),
                ("scanned", fields.BooleanField(default=False)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "topic_file",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "topic_file",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0011_conversation.sql").read_text(), reverse_sql="select 1"),
    ]
