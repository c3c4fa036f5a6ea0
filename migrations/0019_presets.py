"""Documents: presets and letterheads."""

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0018_verification")]

    initial = False

    operations: list[ops.Operation] = []
