"""Practices of a network's members, and its own levers."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0003_own_questionnaires")]

    operations = []
