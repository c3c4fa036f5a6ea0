"""Asking a colleague without an account what they think of one criterion."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.respondents.store import Decision
from palier.scoring.rules.answers import State


class Migration(Step):
    dependencies = [("palier", "0026_presence")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AskedLink",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("organisation_name", fields.CharField(max_length=160)),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="asked_links",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=30)),
                ("round_name", fields.CharField(max_length=120)),
                ("questionnaire", fields.CharField(max_length=24)),
                ("version", fields.CharField(max_length=20)),
                ("definition_hash", fields.CharField(max_length=64)),
                ("alone", fields.BooleanField(default=False)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("guest", fields.CharField(max_length=80)),
                ("note", fields.CharField(default="", max_length=500)),
                ("mailed", fields.BooleanField(default=False)),
                ("mandate_id", fields.UUIDField(null=True)),
                ("asked_by", fields.UUIDField()),
                ("asked_name", fields.CharField(max_length=120)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closes_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "decision",
                    fields.CharEnumField(
                        default=Decision.NONE,
                        description="NONE: \nTAKEN: taken\nSET_ASIDE: set aside",
                        enum_type=Decision,
                        max_length=10,
                    ),
                ),
                ("decided_revision", fields.IntField(default=0)),
                ("decided_name", fields.CharField(default="", max_length=120)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "asked_link",
                "app": "palier",
                "indexes": [Index(fields=["assessment_id", "code"])],
                "pk_attr": "id",
                "table_description": "asked_link",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AskedOpinion",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "link",
                    fields.OneToOneField(
                        "palier.AskedLink",
                        source_field="link_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="opinion",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                ("opened_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "state",
                    fields.CharEnumField(
                        default=State.BLANK,
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
                ("revision", fields.IntField(default=0)),
                ("given_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "asked_opinion",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "asked_opinion",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0027_asked.sql").read_text(), reverse_sql="select 1"),
    ]
