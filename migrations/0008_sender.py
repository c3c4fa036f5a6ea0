"""The name a network's letters are sent under."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0007_bulletin")]

    initial = False

    operations = []
