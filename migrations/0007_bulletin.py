"""Bulletins: the members of a network read them."""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0006_editions")]

    initial = False

    operations = [
        ops.RunSQL((Path(__file__).parent / "0007_bulletin.sql").read_text(), reverse_sql="select 1"),
    ]
