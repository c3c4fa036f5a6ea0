"""A client handed from one consultant to another."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0031_platform")]

    initial = False

    operations = []
