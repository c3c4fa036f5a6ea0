"""Themes asked of customers, staff and leaders by a public link."""

import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.scoring.rules.mirror import Audience

_JSON = {"encoder": functools.partial(dumps, separators=(",", ":")), "decoder": loads}


def _belongs_to(model: str, column: str, related_name: str) -> fields.ForeignKeyField:
    return fields.ForeignKeyField(
        model, source_field=column, db_constraint=True, to_field="id", related_name=related_name, on_delete=OnDelete.CASCADE
    )  # fmt: skip


class Migration(Step):
    dependencies = [("palier", "0022_team")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Mirror",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.OneToOneField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="mirror",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_name", fields.CharField(max_length=160)),
                ("people_word", fields.CharField(max_length=20)),
                ("themes", fields.JSONField(**_JSON)),
                ("scale", fields.JSONField(**_JSON)),
                ("opens_on", fields.DateField()),
                ("closes_on", fields.DateField()),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_by", fields.UUIDField()),
                ("created_name", fields.CharField(max_length=120)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mirror",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "mirror",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MirrorLink",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("mirror", _belongs_to("palier.Mirror", "mirror_id", "links")),
                (
                    "audience",
                    fields.CharEnumField(
                        description="CUSTOMERS: customers\nSTAFF: staff\nLEADERS: leaders",
                        enum_type=Audience,
                        max_length=20,
                    ),
                ),
                ("code", fields.CharField(max_length=24)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
            ],
            options={
                "table": "mirror_link",
                "app": "palier",
                "unique_together": (("mirror", "audience"),),
                "pk_attr": "id",
                "table_description": "mirror_link",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MirrorAnswer",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("link", _belongs_to("palier.MirrorLink", "link_id", "answers")),
                ("given", fields.JSONField(**_JSON)),
            ],
            options={
                "table": "mirror_answer",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "mirror_answer",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MirrorBatch",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("link", _belongs_to("palier.MirrorLink", "link_id", "batches")),
                ("number", fields.IntField()),
                ("sums", fields.JSONField(**_JSON)),
            ],
            options={
                "table": "mirror_batch",
                "app": "palier",
                "unique_together": (("link", "number"),),
                "pk_attr": "id",
                "table_description": "mirror_batch",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MirrorGiven",
            fields=[
                ("id", fields.CharField(primary_key=True, max_length=64, unique=True, db_index=True)),
                ("link", _belongs_to("palier.MirrorLink", "link_id", "given")),
            ],
            options={
                "table": "mirror_given",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "mirror_given",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0023_mirrors.sql").read_text(), reverse_sql="select 1"),
    ]
