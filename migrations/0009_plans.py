"""Plans: several assessments, capacity, choices."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0008_sender")]

    initial = False

    operations = []
