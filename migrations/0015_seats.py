"""Seats of an edition are found by kind, batch and group: the first look at an edition reads a few of them, not all."""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0014_effects")]

    initial = False

    operations = [
        ops.RunSQL((Path(__file__).parent / "0015_seats.sql").read_text(), reverse_sql="select 1"),
    ]
