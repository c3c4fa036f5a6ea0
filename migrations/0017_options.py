"""Documents: options, certificates, printable questionnaires."""

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0016_campaign_version")]

    initial = False

    operations: list[ops.Operation] = []
