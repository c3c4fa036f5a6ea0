"""Drafts and errata of editions; consents by version."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0005_cockpit")]

    operations = [
        ops.CreateModel(
            name="Consent",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("network_id", fields.UUIDField()),
                ("campaign_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="consents",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("given", fields.BooleanField()),
                ("in_time", fields.BooleanField(default=True)),
                ("version", fields.CharField(max_length=10)),
                ("wording_hash", fields.CharField(max_length=64)),
                ("locale", fields.CharField(max_length=5)),
                ("said_by", fields.UUIDField()),
                ("said_name", fields.CharField(max_length=120)),
                ("said_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "consent", "app": "palier", "pk_attr": "id", "table_description": "consent"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Correction",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("network_id", fields.UUIDField()),
                (
                    "campaign",
                    fields.ForeignKeyField(
                        "palier.Campaign",
                        source_field="campaign_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="corrections",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                ("assessment_id", fields.UUIDField()),
                ("reason", fields.CharField(max_length=500)),
                ("said_by", fields.UUIDField()),
                ("said_name", fields.CharField(max_length=120)),
                ("said_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "correction",
                "app": "palier",
                "unique_together": (("campaign", "organisation_id", "assessment_id"),),
                "pk_attr": "id",
                "table_description": "correction",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EditionDraft",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("network_id", fields.UUIDField()),
                (
                    "campaign",
                    fields.OneToOneField(
                        "palier.Campaign",
                        source_field="campaign_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="draft",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("k", fields.SmallIntField()),
                (
                    "priority",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("hash", fields.CharField(max_length=64)),
                (
                    "checks",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("sealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("asked_by", fields.UUIDField(null=True)),
                ("set_aside_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "edition_draft",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "edition_draft",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DraftRow",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "draft",
                    fields.ForeignKeyField(
                        "palier.EditionDraft",
                        source_field="draft_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="rows",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("network_id", fields.UUIDField()),
                ("cohort", fields.CharField(max_length=200)),
                ("variable", fields.CharField(max_length=30)),
                ("n_band", fields.CharField(max_length=20)),
                ("p10", fields.SmallIntField(null=True)),
                ("q1", fields.SmallIntField(null=True)),
                ("median", fields.SmallIntField(null=True)),
                ("q3", fields.SmallIntField(null=True)),
                ("p90", fields.SmallIntField(null=True)),
                (
                    "batches",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
            ],
            options={
                "table": "draft_row",
                "app": "palier",
                "unique_together": (("draft", "cohort", "variable"),),
                "pk_attr": "id",
                "table_description": "draft_row",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DraftSeat",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "draft",
                    fields.ForeignKeyField(
                        "palier.EditionDraft",
                        source_field="draft_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="seats",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("network_id", fields.UUIDField()),
                ("batch", fields.IntField()),
                ("organisation_id", fields.UUIDField()),
                ("legal_group", fields.CharField(max_length=120)),
                (
                    "attributes",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
            ],
            options={
                "table": "draft_seat",
                "app": "palier",
                "unique_together": (("draft", "organisation_id"),),
                "pk_attr": "id",
                "table_description": "draft_seat",
            },
            bases=["Model"],
        ),
        ops.RemoveConstraint(
            model_name="Edition",
            name=None,
            fields=["campaign", "questionnaire"],
        ),
        ops.AddField(
            model_name="Edition",
            name="corrects_id",
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name="Edition",
            name="reason",
            field=fields.CharField(default="", db_default="", max_length=500),
        ),
        ops.RunSQL((Path(__file__).parent / "0006_editions.sql").read_text(), reverse_sql="select 1"),
    ]
