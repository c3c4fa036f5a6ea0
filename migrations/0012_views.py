"""Calendar feeds."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0011_conversation")]

    initial = False

    operations = []
