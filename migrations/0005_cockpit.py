"""The network's cockpit: messages, reminders, directory, its own look."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0004_practices")]

    operations = []
