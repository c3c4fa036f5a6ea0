"""Those who run the platform, and their visits."""

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0030_single_sign_on")]

    initial = False

    operations = []
