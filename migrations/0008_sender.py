"""The name a network's letters are sent under, and where a letter nobody has to get is refused."""

from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0007_bulletin")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Mail",
            name="sender",
            field=fields.CharField(default="", db_default="", max_length=160),
        ),
        ops.AddField(
            model_name="Mail",
            name="refuse",
            field=fields.CharField(default="", db_default="", max_length=300),
        ),
    ]
