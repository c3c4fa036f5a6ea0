"""Tables every room leans on: audit trail, outbox, stored files, files brought back, operations done once."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class AuditEntry(Model):
    """One change: who, for whom, what. Written only by the SQL function `audit_append`; never updated."""

    id = fields.BigIntField(primary_key=True)
    chain = fields.UUIDField()  # the organisation, the network, or zeros for the platform
    seq = fields.BigIntField()
    at = fields.DatetimeField()
    person_id = fields.UUIDField(null=True)
    role = fields.CharField(max_length=20, default="")
    mandate_id = fields.UUIDField(null=True)
    verb = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=200)
    details = fields.TextField(default="")
    salt = fields.CharField(max_length=64)
    details_hash = fields.CharField(max_length=64)
    previous_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = table_description = "audit_entry"
        unique_together = (("chain", "seq"),)


class AuditHead(Model):
    """The last link of each chain, locked while the next one is written."""

    chain = fields.UUIDField(primary_key=True)
    seq = fields.BigIntField()
    hash = fields.CharField(max_length=64)

    class Meta:
        table = table_description = "audit_head"


class Mail(Model):
    """A message to send, written in the transaction that decides it, sent by the worker."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    kind = fields.CharField(max_length=40)
    recipient = fields.CharField(max_length=254)
    locale = fields.CharField(max_length=10)
    subject = fields.CharField(max_length=300)
    text = fields.TextField()
    html = fields.TextField(default="")
    sender = fields.CharField(max_length=160, default="", db_default="")  # the name shown; empty = ours
    refuse = fields.CharField(max_length=300, default="", db_default="")  # the page that ends such letters
    created_at = fields.DatetimeField(auto_now_add=True)
    sent_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    failure = fields.TextField(default="")

    class Meta:
        table = table_description = "mail"


class StoredFile(Model):
    """What the file store holds: bytes live under `key`, facts live here."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField(db_index=True)
    key = fields.CharField(max_length=200, unique=True)
    name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    created_at = fields.DatetimeField(auto_now_add=True)
    created_by = fields.UUIDField(null=True)

    class Meta:
        table = table_description = "stored_file"


class BroughtFile(Model):
    """A workbook somebody brings back: kept to be looked at, carried out once when confirmed, then its bytes are forgotten."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="brought_files")
    organisation_id: UUID
    subject = fields.CharField(max_length=60)  # what it is for: "assessment <id>", "plan <id>"
    name = fields.CharField(max_length=200)
    content = fields.BinaryField(null=True)
    sha256 = fields.CharField(max_length=64)
    brought_by = fields.UUIDField()
    brought_at = fields.DatetimeField()
    applied_at = fields.DatetimeField(null=True)
    outcome: Any = fields.JSONField(default=dict, db_default={})  # what it did, in counts

    class Meta:
        table = table_description = "brought_file"
        indexes = (("organisation_id", "brought_at"),)


class Operation(Model):
    """A form that was carried out: the same form sent again is answered with the same place."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    location = fields.CharField(max_length=500, default="")
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "operation"


class Heartbeat(Model):
    """When a worker was last alive."""

    name = fields.CharField(max_length=80, primary_key=True)
    at = fields.DatetimeField()

    class Meta:
        table = table_description = "heartbeat"


class WorkerTally(Model):
    """What the workers counted so far (`foundation.tallying`): a figure's name with its labels, and the sum."""

    key = fields.CharField(max_length=200, primary_key=True)
    value = fields.FloatField()

    class Meta:
        table = table_description = "worker_tally"
