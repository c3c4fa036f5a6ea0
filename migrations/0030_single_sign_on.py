"""Identity providers of organisations and the domains they proved."""

from pathlib import Path

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step
from palier.single_sign_on.rules.domains import Proof
from palier.single_sign_on.rules.profiles import Preset
from palier.single_sign_on.rules.states import State


class Migration(Step):
    dependencies = [("palier", "0029_second_factors")]

    initial = False

    operations = [
        ops.CreateModel(
            name="IdentityProvider",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField(unique=True)),
                ("organisation_name", fields.CharField(max_length=160)),
                ("slug", fields.CharField(max_length=80)),
                ("door", fields.CharField(unique=True, max_length=64)),
                (
                    "preset",
                    fields.CharEnumField(
                        description="GENERIC: generic\nENTRA: entra\nPROCONNECT: proconnect",
                        enum_type=Preset,
                        max_length=20,
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("issuer", fields.CharField(max_length=300)),
                ("client_id", fields.CharField(max_length=200)),
                ("client_secret", fields.TextField(default="", unique=False)),
                ("second_factor", fields.BooleanField(default=False)),
                (
                    "state",
                    fields.CharEnumField(
                        default=State.OFF,
                        description="OFF: off\nOPTIONAL: optional\nENFORCED: enforced",
                        enum_type=State,
                        max_length=10,
                    ),
                ),
                ("newcomer_role", fields.CharField(default="", max_length=20)),
                ("tested_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "identity_provider",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "identity_provider",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProviderIdentity",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "palier.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="provider_identities",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("issuer", fields.CharField(max_length=300)),
                ("subject", fields.CharField(max_length=255)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "provider_identity",
                "app": "palier",
                "unique_together": (("organisation_id", "issuer", "subject"),),
                "pk_attr": "id",
                "table_description": "provider_identity",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProviderSession",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("session_id", fields.UUIDField(unique=True)),
                ("organisation_id", fields.UUIDField()),
                ("person_id", fields.UUIDField()),
                ("id_token", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "provider_session",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "provider_session",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignOnAttempt",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("fingerprint", fields.CharField(unique=True, max_length=64)),
                ("organisation_id", fields.UUIDField()),
                ("slug", fields.CharField(max_length=80)),
                ("purpose", fields.CharField(max_length=10)),
                ("person_id", fields.UUIDField(null=True)),
                ("nonce", fields.CharField(max_length=64)),
                ("verifier", fields.CharField(max_length=64)),
                ("next", fields.CharField(default="", max_length=500)),
                ("claims", fields.TextField(default="", unique=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sign_on_attempt",
                "app": "palier",
                "pk_attr": "id",
                "table_description": "sign_on_attempt",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignOnDomain",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("domain", fields.CharField(max_length=190)),
                ("door", fields.CharField(max_length=64)),
                ("token", fields.CharField(max_length=64)),
                ("code", fields.CharField(default="", max_length=64)),
                ("code_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "proof",
                    fields.CharEnumField(
                        default=Proof.NONE,
                        description="NONE: none\nDNS: dns\nMAIL: mail",
                        enum_type=Proof,
                        max_length=10,
                    ),
                ),
                ("proved_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("proved_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "sign_on_domain",
                "app": "palier",
                "unique_together": (("organisation_id", "domain"),),
                "pk_attr": "id",
                "table_description": "sign_on_domain",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SpareKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "palier.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="spare_keys",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "spare_key",
                "app": "palier",
                "unique_together": (("organisation_id", "person"),),
                "pk_attr": "id",
                "table_description": "spare_key",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SpareKeyUse",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("organisation_id", fields.UUIDField()),
                ("person_id", fields.UUIDField()),
                ("session_id", fields.UUIDField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "spare_key_use",
                "app": "palier",
                "unique_together": (("organisation_id", "session_id"),),
                "pk_attr": "id",
                "table_description": "spare_key_use",
            },
            bases=["Model"],
        ),
        ops.RunSQL((Path(__file__).parent / "0030_single_sign_on.sql").read_text(), reverse_sql="select 1"),
    ]
