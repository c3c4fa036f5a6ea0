"""Evidence of an organisation: files and links, attached to criteria of rounds."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0023_mirrors")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Evidence",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="evidence",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("title", fields.CharField(max_length=200)),
                ("link", fields.CharField(default="", max_length=1000)),
                (
                    "file",
                    fields.OneToOneField(
                        "palier.StoredFile",
                        source_field="file_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="evidence",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("file_name", fields.CharField(default="", max_length=200)),
                ("scanned", fields.BooleanField(default=False)),
                ("valid_until", fields.DateField(null=True)),
                ("note", fields.TextField(default="", unique=False)),
                ("brought_to", fields.UUIDField(null=True)),
                ("added_by", fields.UUIDField()),
                ("added_name", fields.CharField(max_length=120)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "evidence",
                "app": "palier",
                "indexes": [Index(fields=["organisation_id", "added_at"])],
                "pk_attr": "id",
                "table_description": "evidence",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EvidenceUse",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "evidence",
                    fields.ForeignKeyField(
                        "palier.Evidence",
                        source_field="evidence_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="uses",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="evidence",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code", fields.CharField(max_length=30)),
                ("respondent_id", fields.UUIDField(null=True)),
                ("person_name", fields.CharField(max_length=120)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "evidence_use",
                "app": "palier",
                "indexes": [Index(fields=["assessment_id", "code"]), Index(fields=["evidence_id"])],
                "pk_attr": "id",
                "table_description": "evidence_use",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0024_evidence.sql").read_text(), reverse_sql="select 1"),
    ]
