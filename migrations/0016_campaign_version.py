"""Campaigns: the version of the questionnaire they ask."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0015_seats")]

    initial = False

    operations = []
