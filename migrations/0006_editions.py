"""Drafts and errata of editions; consents by version."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("palier", "0005_cockpit")]

    operations = []
