"""Reminders about actions."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0012_views")]

    initial = False

    operations = []
