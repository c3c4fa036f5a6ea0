"""Who is writing where, sections marked as finished, criteria that are discussed."""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0025_reopening")]

    initial = False

    operations = [
        ops.RunSQL((Path(__file__).parent / "0026_presence.sql").read_text(), reverse_sql="select 1"),
    ]
