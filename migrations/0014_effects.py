"""What finished actions changed."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0013_reminders")]

    initial = False

    operations = []
