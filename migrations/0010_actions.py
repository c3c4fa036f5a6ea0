"""Actions: every field of the method."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0009_plans")]

    initial = False

    operations = []
