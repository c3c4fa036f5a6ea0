"""The network's cockpit: its register, plans of campaigns, what was sent, the directory, its own look, bulletins."""

import functools
from json import dumps, loads
from pathlib import Path
from uuid import uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


class Migration(Step):
    dependencies = [("palier", "0004_practices")]

    operations = [
        ops.CreateModel(
            name="Bulletin",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bulletins",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "edition",
                    fields.ForeignKeyField(
                        "palier.Edition",
                        source_field="edition_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bulletins",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("locale", fields.CharField(max_length=5)),
                ("state", fields.CharField(default="queued", max_length=20)),
                ("document", fields.BinaryField(null=True)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("made_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "bulletin",
                "app": "palier",
                "unique_together": (("edition", "locale"),),
                "pk_attr": "id",
                "table_description": "bulletin",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CampaignPlan",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="campaign_plans",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("questionnaire", fields.CharField(max_length=24)),
                ("major", fields.SmallIntField()),
                ("opens_on", fields.DateField()),
                ("closes_on", fields.DateField()),
                ("launched_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "messages",
                    fields.JSONField(
                        default=dict,
                        db_default={},
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                (
                    "reminders",
                    fields.JSONField(
                        default=list,
                        db_default=[],
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "campaign_plan",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "campaign_plan",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DirectoryListing",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="directory",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="listings",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.CharField(max_length=160)),
                ("sector", fields.CharField(max_length=40)),
                ("size", fields.CharField(max_length=20)),
                ("country", fields.CharField(max_length=2)),
                ("contact", fields.CharField(default="", max_length=200)),
                ("listed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "directory_listing",
                "app": "palier",
                "unique_together": (("network", "organisation"),),
                "pk_attr": "id",
                "table_description": "directory_listing",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MailChoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="mail_choices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("email", fields.CharField(max_length=254)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("refused_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mail_choice",
                "app": "palier",
                "unique_together": (("network", "email"),),
                "pk_attr": "id",
                "table_description": "mail_choice",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MemberImport",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="imports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("file_name", fields.CharField(max_length=200)),
                ("content", fields.BinaryField(null=True)),
                ("uploaded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("applied_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created", fields.IntField(default=0)),
                ("updated", fields.IntField(default=0)),
            ],
            options={
                "table": "member_import",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "member_import",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="NetworkDoor",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("code", fields.CharField(max_length=20)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "network_door",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "network_door",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="NetworkLook",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("name", fields.CharField(default="", max_length=160)),
                ("accent", fields.CharField(default="", max_length=7)),
                ("logo", fields.BinaryField(null=True)),
                ("logo_media_type", fields.CharField(default="", max_length=40)),
            ],
            options={
                "table": "network_look",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "network_look",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RegisterEntry",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "network",
                    fields.ForeignKeyField(
                        "palier.Network",
                        source_field="network_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="register",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "palier.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="register",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("key", fields.CharField(max_length=200)),
                ("name", fields.CharField(max_length=160)),
                ("registration", fields.CharField(default="", max_length=20)),
                ("contact", fields.CharField(default="", max_length=120)),
                ("email", fields.CharField(default="", max_length=254)),
                ("family", fields.CharField(default="", max_length=40)),
                ("sector", fields.CharField(default="", max_length=40)),
                ("size", fields.CharField(default="", max_length=20)),
                ("country", fields.CharField(default="", max_length=2)),
                ("legal_kind", fields.CharField(default="", max_length=40)),
                ("legal_group", fields.CharField(default="", max_length=120)),
                ("confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("confirmed_name", fields.CharField(default="", max_length=120)),
                ("invited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("fingerprint", fields.CharField(null=True, unique=True, max_length=64)),
            ],
            options={
                "table": "register_entry",
                "app": "palier",
                "unique_together": (("network", "key"),),
                "pk_attr": "id",
                "table_description": "register_entry",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SentNotice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("network_id", fields.UUIDField()),
                ("campaign_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("kind", fields.CharField(max_length=20)),
                ("due_on", fields.DateField()),
                ("by_hand", fields.BooleanField(default=False)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sent_notice",
                "app": "palier",
                "unique_together": (("campaign_id", "organisation_id", "kind", "due_on"),),
                "pk_attr": "id",
                "table_description": "sent_notice",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="NetworkMember",
            name="verified_name",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.RunSQL((Path(__file__).parent / "0005_cockpit.sql").read_text(), reverse_sql="select 1"),
    ]
