"""Who is asked what in a round, invitations to it, reminders."""

import functools
from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.respondents.rules import Rhythm


class Migration(Step):
    dependencies = [("palier", "0021_responses")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Assignment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="assignments",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_id", fields.UUIDField()),
                ("code", fields.CharField(max_length=30)),
                ("assigned_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "assignment",
                "app": "palier",
                "unique_together": (("assessment", "person_id", "code"),),
                "pk_attr": "id",
                "table_description": "assignment",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Expected",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="expected",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("email", fields.CharField(max_length=254)),
                ("voice", fields.CharField(default="", max_length=60)),
                ("due_on", fields.DateField(null=True)),
                (
                    "codes",
                    fields.JSONField(
                        default=list, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "expected_respondent",
                "app": "palier",
                "unique_together": (("assessment", "email"),),
                "pk_attr": "id",
                "table_description": "expected_respondent",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReminderPlan",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reminder_plans",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "rhythm",
                    fields.CharEnumField(
                        default=Rhythm.OFF,
                        description="OFF: off\nWEEKLY: weekly\nBEFORE: before",
                        enum_type=Rhythm,
                        max_length=10,
                    ),
                ),
                ("days", fields.SmallIntField(default=7)),
            ],
            options={
                "table": "reminder_plan",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "reminder_plan",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoundReminder",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "assessment",
                    fields.ForeignKeyField(
                        "palier.Assessment",
                        source_field="assessment_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="round_reminders",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("person_id", fields.UUIDField()),
                ("occasion", fields.DateField()),
                ("asked_by", fields.UUIDField(null=True)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "round_reminder",
                "app": "palier",
                "unique_together": (("assessment", "person_id", "occasion"),),
                "pk_attr": "id",
                "table_description": "round_reminder",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Invitation",
            name="accepted_by",
            field=fields.UUIDField(null=True),
        ),
        ops.RunSQL((Path(__file__).parent / "0022_team.sql").read_text(), reverse_sql="select 1"),
    ]
