"""Codes of an app, recovery codes, passkeys, links that sign in."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0028_sessions")]

    initial = False

    operations = []
