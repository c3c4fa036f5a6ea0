"""Retention, requests of people, what was erased."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0034_trail")]

    initial = False

    operations = []
