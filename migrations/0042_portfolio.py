"""A consultant's clients are read in one statement, each as its own tenant.

Functions are added, and nothing is taken away or renamed: the release before never calls them and runs on this, and that is
the way back.
"""

from pathlib import Path

from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0041_errata")]

    initial = False

    operations = [
        ops.RunSQL((Path(__file__).parent / "0042_portfolio.sql").read_text(), reverse_sql="select 1"),
    ]
