"""Comments and files of an action."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0010_actions")]

    initial = False

    operations = []
