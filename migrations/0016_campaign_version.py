"""Campaigns: the version of the questionnaire they ask."""

from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0015_seats")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Campaign",
            name="version",
            field=fields.CharField(default="", db_default="", max_length=20),
        ),
    ]
