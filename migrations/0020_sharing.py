"""Documents: links for people outside."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0019_imports")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SharedLink",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "report",
                    fields.ForeignKeyField(
                        "palier.Report",
                        source_field="report_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="links",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                ("organisation_name", fields.CharField(max_length=160)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("recipient", fields.CharField(max_length=80)),
                ("password_hash", fields.CharField(default="", max_length=200)),
                ("watermark", fields.CharField(default="", max_length=160)),
                ("file_id", fields.UUIDField(null=True)),
                ("attempts", fields.SmallIntField(default=0)),
                ("failure", fields.CharField(default="", max_length=300)),
                ("mandate_id", fields.UUIDField(null=True)),
                ("created_by", fields.UUIDField()),
                ("created_name", fields.CharField(max_length=120)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "shared_link",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "shared_link",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LinkOpening",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "link",
                    fields.ForeignKeyField(
                        "palier.SharedLink",
                        source_field="link_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="openings",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("organisation_id", fields.UUIDField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "link_opening",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "link_opening",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0020_sharing.sql").read_text(), reverse_sql="select 1"),
    ]
