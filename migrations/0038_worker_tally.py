"""What the workers count, added up: any web process shows it to whoever keeps figures.

Nothing is taken away or renamed: the release before runs on it, and that is the way back.
"""

from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0037_hot_path")]

    initial = False

    operations = [
        ops.CreateModel(
            name="WorkerTally",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200)),
                ("value", fields.FloatField()),
            ],
            options={
                "table": "worker_tally",
                "app": "palier",
                "pk_attr": "key",
                "table_description": "worker_tally",
            },
            bases=["Model"],
        ),
    ]
