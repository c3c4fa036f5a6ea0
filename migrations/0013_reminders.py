"""Reminders about actions, and one table for every letter an address may refuse."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0012_views")]

    initial = False

    operations = [
        ops.CreateModel(
            name="LetterChoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("topic", fields.CharField(max_length=60)),
                ("email", fields.CharField(max_length=254)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("refused_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "letter_choice",
                "app": "palier",
                "unique_together": (("topic", "email"),),
                "pk_attr": "id",
                "table_description": "letter_choice",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SentReminder",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "action",
                    fields.ForeignKeyField(
                        "palier.Action",
                        source_field="action_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="reminders",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_id", fields.UUIDField(null=True)),
                ("email", fields.CharField(max_length=254)),
                ("kind", fields.CharField(max_length=20)),
                ("due_on", fields.DateField()),
                ("fingerprint", fields.CharField(null=True, unique=True, max_length=64)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sent_reminder",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "sent_reminder",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0013_reminders.sql").read_text(), reverse_sql="select 1"),
        ops.DeleteModel(name="MailChoice"),
    ]
