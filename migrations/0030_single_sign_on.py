"""Identity providers of organisations and the domains they proved."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0029_second_factors")]

    initial = False

    operations = []
