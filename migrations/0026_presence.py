"""Who is writing where, sections marked as finished."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0025_reopening")]

    initial = False

    operations = []
