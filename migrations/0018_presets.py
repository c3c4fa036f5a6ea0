"""Documents: presets and letterheads."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0017_verification")]

    initial = False

    operations = []
