"""Reopening a submitted round: the old state is kept, a new one is answered."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0024_evidence")]

    initial = False

    operations = []
