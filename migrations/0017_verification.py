"""Documents: the files issued under a code, who wants a letter when one is made."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.reports.store import ReportState


class Migration(Step):
    dependencies = [("palier", "0016_campaign_version")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Report",
            name="tell",
            field=fields.JSONField(default=list, db_default=[]),
        ),
        ops.CreateModel(
            name="IssuedFile",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="issued_files",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="issued_files",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("fingerprint", fields.CharField(max_length=64)),
                ("sha256", fields.CharField(db_index=True, max_length=64)),
                ("kind", fields.CharField(max_length=30)),
                ("issuer", fields.CharField(max_length=200)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "issued_file",
                "app": "palier",
                "unique_together": (("fingerprint", "sha256"),),
                "pk_attr": "id",
                "table_description": "issued_file",
            },
            bases=["Model"],
        ),
        ops.AlterField(
            model_name="Report",
            name="state",
            field=fields.CharEnumField(
                default=ReportState.QUEUED,
                description="QUEUED: queued\nRUNNING: running\nDONE: done\nFAILED: failed\nCANCELLED: cancelled",
                enum_type=ReportState,
                max_length=20,
            ),
        ),
        ops.RunSQL((Path(__file__).parent / "0017_verification.sql").read_text(), reverse_sql="select 1"),
    ]
