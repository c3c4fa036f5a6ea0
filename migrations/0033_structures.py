"""Units under a parent, groups of one territory."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0032_handing_over")]

    initial = False

    operations = []
