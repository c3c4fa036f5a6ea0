"""A client handed from one consultant to another; how a mandate ended, and who was reminded of its end."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.network.rules.mandates import Ending, HandOverState


def _belongs_to(name: str, model: str, related: str) -> tuple[str, object]:
    key = fields.ForeignKeyField(
        f"palier.{model}", source_field=f"{name}_id", db_constraint=True, to_field="id", related_name=related,
        on_delete=OnDelete.CASCADE,
    )  # fmt: skip
    return name, key


class Migration(Step):
    dependencies = [("palier", "0031_platform")]

    initial = False

    operations = [
        ops.AddField(model_name="Mandate", name="dated_at", field=fields.DatetimeField(null=True)),
        ops.AddField(
            model_name="Mandate",
            name="ending",
            field=fields.CharEnumField(Ending, max_length=20, default=Ending.NOT_YET, db_default=""),
        ),
        ops.CreateModel(
            name="HandOver",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                _belongs_to("organisation", "Organisation", "hand_overs"),
                _belongs_to("mandate", "Mandate", "hand_overs"),
                ("proposer_id", fields.UUIDField()),
                ("email", fields.CharField(max_length=254)),
                ("note", fields.CharField(default="", max_length=500)),
                (
                    "state",
                    fields.CharEnumField(HandOverState, max_length=20, default=HandOverState.PROPOSED),
                ),
                ("proposed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decided_by", fields.UUIDField(null=True)),
                ("receiver_id", fields.UUIDField(null=True)),
                ("new_mandate_id", fields.UUIDField(null=True)),
            ],
            options={
                "table": "hand_over",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "hand_over",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MandateReminder",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                _belongs_to("organisation", "Organisation", "mandate_reminders"),
                _belongs_to("mandate", "Mandate", "reminders"),
                ("email", fields.CharField(max_length=254)),
                ("ends_on", fields.DateField()),
                ("days", fields.SmallIntField()),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mandate_reminder",
                "app": "palier",
                "unique_together": (("mandate", "email", "ends_on", "days"),),
                "pk_attr": "id",
                "table_description": "mandate_reminder",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0032_handing_over.sql").read_text(), reverse_sql="select 1"),
    ]
