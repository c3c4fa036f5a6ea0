"""Cells of sealed batches: what an edition's figures are computed from again.

Nothing is taken away or renamed: the release before runs on it, and that is the way back. What it seals has no cells, and is
computed from the frozen results as before.
"""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0038_worker_tally")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BatchCell",
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
                        related_name="cells",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("batch", fields.IntField()),
                ("cells", fields.BinaryField()),
            ],
            options={
                "table": "batch_cell",
                "app": "palier",
                "unique_together": (("campaign", "batch"),),
                "pk_attr": "id",
                "table_description": "batch_cell",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="EditionDraft",
            name="variables",
            field=fields.JSONField(
                default=list,
                db_default=[],
                encoder=functools.partial(dumps, separators=(",", ":")),
                decoder=loads,
            ),
        ),
        ops.RunSQL((Path(__file__).parent / "0039_cells.sql").read_text(), reverse_sql="select 1"),
    ]
