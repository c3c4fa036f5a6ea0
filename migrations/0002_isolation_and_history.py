"""Row-level security, history that cannot be rewritten, and the SQL functions the hot paths call."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("palier", "0001_tables")]

    operations = [
        ops.RunSQL(
            (Path(__file__).parent / "0002_isolation_and_history.sql").read_text(),
            reverse_sql="select 1",
        )
    ]
