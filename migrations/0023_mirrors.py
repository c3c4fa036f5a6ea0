"""Themes asked of customers, staff and leaders by a public link."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0022_team")]

    initial = False

    operations = []
