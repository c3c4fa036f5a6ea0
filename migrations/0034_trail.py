"""The audit trail: read by its owners and by each person for their own acts, its details erasable, anchored daily."""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0033_structures")]

    initial = False

    operations = [
        ops.RunSQL((Path(__file__).parent / "0034_trail.sql").read_text(), reverse_sql="select 1"),
    ]
