"""Codes of an app, recovery codes, passkeys, links that sign in, browsers one has used before."""

from pathlib import Path
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from palier.foundation.identifiers import new_id
from palier.foundation.migration_step import Step


def _id() -> tuple[str, Any]:
    return "id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)


def _person(name: str, *, null: bool = False) -> tuple[str, Any]:
    field = fields.ForeignKeyField(
        "palier.Person", source_field="person_id", db_constraint=True, to_field="id", related_name=name,
        on_delete=OnDelete.CASCADE, null=null,
    )  # fmt: skip
    return "person", field


def _moment(name: str, *, null: bool = False) -> tuple[str, Any]:
    return name, fields.DatetimeField(null=null, auto_now=False, auto_now_add=False)


def _fingerprint(*, unique: bool) -> tuple[str, Any]:
    return "fingerprint", fields.CharField(max_length=64, **({"unique": True} if unique else {}))


def _table(model: str, name: str, columns: list[tuple[str, Any]], **options: Any) -> ops.CreateModel:
    about = {"table": name, "app": "palier", "pk_attr": "id", "table_description": name}
    return ops.CreateModel(name=model, fields=columns, options=about | options, bases=["Model"])


class Migration(Step):
    dependencies = [("palier", "0028_sessions")]

    initial = False

    operations = [
        _table("AuthenticatorApp", "authenticator_app", [
            _id(),
            ("person", fields.OneToOneField(
                "palier.Person", source_field="person_id", db_constraint=True, to_field="id",
                related_name="authenticator_app", on_delete=OnDelete.CASCADE,
            )),
            ("secret", fields.CharField(max_length=400)),
            ("last_step", fields.BigIntField(default=0)),
            _moment("created_at"), _moment("confirmed_at", null=True), _moment("used_at", null=True),
        ]),
        _table("RecoveryCode", "recovery_code", [
            _id(), _person("recovery_codes"), _fingerprint(unique=True), _moment("created_at"),
            _moment("used_at", null=True),
        ]),
        _table("Passkey", "passkey", [
            _id(), _person("passkeys"),
            ("credential_id", fields.CharField(max_length=1400, unique=True)),
            ("public_key", fields.BinaryField()),
            ("sign_count", fields.BigIntField(default=0)),
            ("name", fields.CharField(max_length=60)),
            _moment("created_at"), _moment("used_at", null=True),
        ]),
        _table("PendingProof", "pending_proof", [
            _id(), _fingerprint(unique=True), ("purpose", fields.CharField(max_length=20)),
            _person("pending_proofs", null=True), ("method", fields.CharField(default="", max_length=20)),
            ("challenge", fields.BinaryField(null=True)), _moment("expires_at"),
        ]),
        _table("KnownBrowser", "known_browser", [
            _id(), _person("known_browsers"), _fingerprint(unique=False),
            ("user_agent", fields.CharField(default="", max_length=200)), _moment("created_at"), _moment("seen_at"),
        ], unique_together=(("person", "fingerprint"),)),
        ops.AddField(
            model_name="MailedLink", name="asker", field=fields.CharField(default="", db_default="", max_length=64)
        ),
        ops.RunSQL((Path(__file__).parent / "0029_second_factors.sql").read_text(), reverse_sql="select 1"),
    ]  # fmt: skip
