"""Documents that can be verified."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0016_options")]

    initial = False

    operations = []
