"""Indexes for a database of many: what a page asks by organisation, person or network was read from end to end without them.

Each is built beside those who write, so this is no transaction: one that was broken off is dropped and built anew. No
table or column is taken away or renamed: the release before runs on it, and that is the way back.
"""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step

_LINES = (Path(__file__).parent / "0040_many.sql").read_text().splitlines()
_INDEXES = [line.strip().rstrip(";") for line in _LINES if line.startswith("create index concurrently ")]
_TWICE = ("authenticator_app_of", "known_browser_of")


class Migration(Step):
    dependencies = [("palier", "0039_cells")]

    initial = False
    atomic = False

    operations = [
        # Building beside others waits for their transactions and keeps nobody waiting: there is no reason to give up.
        ops.RunSQL(["set lock_timeout = 0", "set statement_timeout = 0"], reverse_sql="select 1"),
        *(
            ops.RunSQL(
                [f"drop index concurrently if exists {index.split()[3]}", index], reverse_sql="select 1"
            )
            for index in _INDEXES
        ),
        # Others begin with the same column and are unique: these two were written and never read.
        ops.RunSQL([f"drop index concurrently if exists {name}" for name in _TWICE], reverse_sql="select 1"),
        ops.RunSQL(["reset lock_timeout", "reset statement_timeout"], reverse_sql="select 1"),
    ]
