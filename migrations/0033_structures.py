"""Units under a parent, groups of one territory."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.affiliations.rules.belonging import Purpose, UnitKind
from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.structures.rules.territories import TerritoryKind


class Migration(Step):
    dependencies = [("palier", "0032_handing_over")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AffiliationLetter",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("organisation_name", fields.CharField(max_length=160)),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="UNIT: unit\nTERRITORY: territory", enum_type=Purpose, max_length=20
                    ),
                ),
                ("territory_id", fields.UUIDField(null=True)),
                ("territory_name", fields.CharField(default="", max_length=160)),
                ("kind", fields.CharField(default="", max_length=20)),
                ("place", fields.CharField(default="", max_length=120)),
                ("email", fields.CharField(max_length=254)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("asked_by", fields.UUIDField()),
                ("asked_name", fields.CharField(max_length=120)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("accepted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("withdrawn_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "affiliation_letter",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "affiliation_letter",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Territory",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=160)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="MUNICIPALITY: municipality\nINTERCOMMUNAL: intercommunal\nDEPARTMENT: department\nREGION: region\nLIVING_AREA: living_area\nOTHER: other",
                        enum_type=TerritoryKind,
                        max_length=20,
                    ),
                ),
                ("questionnaire", fields.CharField(default="", max_length=24)),
                ("created_by", fields.UUIDField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "territory",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "territory",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SharedIndicator",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "territory",
                    fields.ForeignKeyField(
                        "palier.Territory",
                        source_field="territory_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="indicators",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                (
                    "action",
                    fields.ForeignKeyField(
                        "palier.Action",
                        source_field="action_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="shared_indicators",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("heading", fields.CharField(max_length=160)),
                ("shared_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("shared_name", fields.CharField(max_length=120)),
            ],
            options={
                "table": "shared_indicator",
                "app": "palier",
                "unique_together": (("territory", "action"),),
                "pk_attr": "id",
                "table_description": "shared_indicator",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TerritoryMember",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "territory",
                    fields.ForeignKeyField(
                        "palier.Territory",
                        source_field="territory_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="members",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                ("consent_version", fields.CharField(max_length=10)),
                ("wording_hash", fields.CharField(max_length=64)),
                ("locale", fields.CharField(max_length=5)),
                ("signed_by", fields.UUIDField()),
                ("signed_name", fields.CharField(max_length=120)),
                ("consented_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("shows_total", fields.BooleanField(default=False)),
                ("shows_elements", fields.BooleanField(default=False)),
                ("scores_known_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("left_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("left_name", fields.CharField(default="", max_length=120)),
            ],
            options={
                "table": "territory_member",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "territory_member",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Unit",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="parents",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="parent_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="units",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="SITE: site\nBRANCH: branch\nAGENCY: agency\nDEPARTMENT: department\nSUBSIDIARY: subsidiary\nOTHER: other",
                        enum_type=UnitKind,
                        max_length=20,
                    ),
                ),
                ("place", fields.CharField(default="", max_length=120)),
                ("weight", fields.IntField(null=True)),
                ("answers_open", fields.BooleanField(default=False)),
                ("made_here", fields.BooleanField(default=False)),
                ("joined_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("joined_name", fields.CharField(max_length=120)),
                ("left_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("left_name", fields.CharField(default="", max_length=120)),
            ],
            options={"table": "unit", "app": "palier", "pk_attr": "id", "table_description": "unit"},
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0033_structures.sql").read_text(), reverse_sql="select 1"),
    ]
