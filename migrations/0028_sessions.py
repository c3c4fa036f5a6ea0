"""How somebody came in, and when they last proved who they are; a session left alone for twelve hours is over."""

from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0027_asked")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Session",
            name="method",
            field=fields.CharField(default="password", db_default="password", max_length=20),
        ),
        ops.AddField(model_name="Session", name="provider_id", field=fields.UUIDField(null=True)),
        ops.AddField(model_name="Session", name="proved_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Session", name="second_factor_at", field=fields.DatetimeField(null=True)),
        ops.RunSQL((Path(__file__).parent / "0028_sessions.sql").read_text(), reverse_sql="select 1"),
    ]
