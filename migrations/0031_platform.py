"""Those who run the platform, what they may look at and do, and their visits to organisations."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.foundation.permissions import Role


class Migration(Step):
    dependencies = [("palier", "0030_single_sign_on")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PlatformStaff",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "palier.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="platform_posts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("granted_by", fields.CharField(max_length=120)),
                ("note", fields.CharField(default="", max_length=300)),
                ("removed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("removed_by", fields.CharField(default="", max_length=120)),
            ],
            options={"table": "platform_staff", "app": "palier", "pk_attr": "id", "table_description": "platform_staff"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StaffPresence",
            fields=[
                ("session_id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "staff_presence", "app": "palier", "pk_attr": "session_id", "table_description": "staff_presence",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Visit",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="visits",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_id", fields.UUIDField()),
                ("person_name", fields.CharField(max_length=120)),
                ("reason", fields.CharField(max_length=500)),
                ("ticket", fields.CharField(default="", max_length=60)),
                ("approval", fields.BooleanField()),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decided_name", fields.CharField(default="", max_length=120)),
                ("refused_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("opened_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_name", fields.CharField(default="", max_length=120)),
            ],
            options={
                "table": "visit", "app": "palier", "pk_attr": "id", "table_description": "visit",
                "indexes": [Index(fields=["organisation_id", "asked_at"]), Index(fields=["person_id", "ends_at"])],
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="VisitChoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.OneToOneField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="visit_choice",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("approval", fields.BooleanField()),
                ("changed_by", fields.UUIDField()),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "visit_choice", "app": "palier", "pk_attr": "id", "table_description": "visit_choice"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FactorRemoval",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "palier.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="factor_removals",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("asked_by", fields.UUIDField()),
                ("asked_name", fields.CharField(max_length=120)),
                ("reason", fields.CharField(max_length=500)),
                ("fingerprint", fields.CharField(max_length=64, unique=True)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("stopped_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "factor_removal", "app": "palier", "pk_attr": "id", "table_description": "factor_removal"},
            bases=["Model"],
        ),
        *(
            ops.AlterField(
                model_name=name,
                name="role",
                field=fields.CharEnumField(
                    description="OWNER: owner\nLEAD: lead\nCONTRIBUTOR: contributor\nREADER: reader\nCONSULTANT: consultant\nVISITOR: visitor",
                    enum_type=Role,
                    max_length=20,
                ),
            )
            for name in ("Invitation", "Membership")
        ),
        ops.RunSQL((Path(__file__).parent / "0031_platform.sql").read_text(), reverse_sql="select 1"),
    ]  # fmt: skip
