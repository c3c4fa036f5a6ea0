"""Documents: verification codes and messages about finished ones."""

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0017_options")]

    initial = False

    operations: list[ops.Operation] = []
