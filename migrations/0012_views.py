"""Calendar feeds."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0011_conversation")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "person",
                    fields.OneToOneField(
                        "palier.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="calendar_feed",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "calendar_feed",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "calendar_feed",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0012_views.sql").read_text(), reverse_sql="select 1"),
    ]
