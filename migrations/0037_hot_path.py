"""Coming in and saving an answer, each in one round trip; what they call is planned once a connection.

Nothing is taken away or renamed: the release before runs on it, and that is the way back.
"""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0036_billing")]

    initial = False

    operations = [
        ops.RunSQL((Path(__file__).parent / "0037_hot_path.sql").read_text(), reverse_sql="select 1"),
    ]
