"""Files read in again."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0018_presets")]

    initial = False

    operations = []
