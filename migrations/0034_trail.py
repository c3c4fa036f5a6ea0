"""The audit trail's daily anchors."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0033_structures")]

    initial = False

    operations = []
