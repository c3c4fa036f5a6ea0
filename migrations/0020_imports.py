"""Answers and actions that come back from a spreadsheet."""

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0019_presets")]

    initial = False

    operations: list[ops.Operation] = []
