"""What finished actions changed."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("palier", "0013_reminders")]

    initial = False

    operations = [
        ops.AddField(model_name="Action", name="practice_id", field=fields.UUIDField(null=True)),
    ]
