"""Documents: links for people outside."""

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0020_imports")]

    initial = False

    operations: list[ops.Operation] = []
