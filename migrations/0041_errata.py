"""The text of an edition's rows, one row a cohort: an erratum is computed from it and writes down what changed.

Nothing is taken away or renamed. An erratum stands on the rows of what it corrects, and the release before, which knows nothing
of that, is shown them as copies that a job makes afterwards (`benchmarks.write_out`): so it runs on this, and that is the way back.
"""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0040_many")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ReleaseText",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("network_id", fields.UUIDField()),
                (
                    "edition",
                    fields.ForeignKeyField(
                        "palier.Edition",
                        source_field="edition_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="texts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("cohort", fields.CharField(max_length=200)),
                ("batches", fields.TextField(unique=False)),
                ("lines", fields.TextField(unique=False)),
            ],
            options={
                "table": "release_text",
                "app": "palier",
                "unique_together": (("edition", "cohort"),),
                "pk_attr": "id",
                "table_description": "release_text",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0041_errata.sql").read_text(), reverse_sql="select 1"),
    ]
