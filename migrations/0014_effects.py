"""What finished actions changed."""

from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0013_reminders")]

    initial = False

    operations = [
        ops.AddField(model_name="Action", name="practice_id", field=fields.UUIDField(null=True)),
    ]
