"""Who is asked what in a round, reminders, links to one criterion."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0021_responses")]

    initial = False

    operations = []
