"""Evidence of an organisation: files and links, attached to criteria of rounds."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0023_mirrors")]

    initial = False

    operations = []
