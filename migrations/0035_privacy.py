"""Data taken away and erased on request, and how long an organisation keeps what."""

from json import dumps, loads
from pathlib import Path

from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.privacy.store import ParcelState


def _json(default: object) -> fields.JSONField:
    return fields.JSONField(default=default, encoder=dumps, decoder=loads)


class Migration(Step):
    dependencies = [("palier", "0034_trail")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Parcel",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("person_id", fields.UUIDField(db_index=True)),
                ("organisation_id", fields.UUIDField(null=True)),
                ("locale", fields.CharField(max_length=10)),
                ("state", fields.CharEnumField(enum_type=ParcelState, max_length=20, default=ParcelState.QUEUED)),
                ("done", fields.SmallIntField(default=0)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("made_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("size", fields.BigIntField(null=True)),
                ("sha256", fields.CharField(default="", max_length=64)),
                ("failure", fields.CharField(default="", max_length=20)),
            ],
            options={"table": "parcel", "app": "palier", "pk_attr": "id", "table_description": "parcel"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Erasure",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("person_id", fields.UUIDField(db_index=True)),
                ("organisation_id", fields.UUIDField(null=True)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("stopped_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("counts", _json(dict)),
            ],
            options={"table": "erasure", "app": "palier", "pk_attr": "id", "table_description": "erasure"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Retention",
            fields=[
                ("organisation_id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("days", _json(dict)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "retention", "app": "palier", "pk_attr": "organisation_id", "table_description": "retention",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0035_privacy.sql").read_text(), reverse_sql="select 1"),
    ]  # fmt: skip
