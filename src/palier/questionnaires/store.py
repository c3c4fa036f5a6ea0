"""Questionnaires that organisations and networks brought themselves: every file kept, published ones never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class OwnState(StrEnum):
    """Where a questionnaire of one's own stands. Published ones never become drafts again."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class OwnQuestionnaire(Model):
    """One version of one questionnaire, owned by an organisation or by a network.

    `upload` is the file as it came. `content` is its checked data, under the owner's code: null while the file has
    faults, and then code, version and hash are empty too.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField(
        "palier.Organisation", related_name="own_questionnaires", null=True
    )
    organisation_id: UUID | None
    network: Any = fields.ForeignKeyField("palier.Network", related_name="own_questionnaires", null=True)
    network_id: UUID | None
    code = fields.CharField(max_length=24, default="")
    version = fields.CharField(max_length=20, default="")
    title: Any = fields.JSONField(default=dict, db_default={})  # by locale
    content: Any = fields.JSONField(null=True)
    hash = fields.CharField(max_length=64, default="")
    state = fields.CharEnumField(OwnState, max_length=20, default=OwnState.DRAFT)
    file_name = fields.CharField(max_length=200)
    upload = fields.BinaryField()
    uploaded_by = fields.UUIDField()
    uploaded_name = fields.CharField(max_length=120)
    uploaded_at = fields.DatetimeField()
    published_at: datetime | None = fields.DatetimeField(null=True)
    published_name = fields.CharField(max_length=120, default="")
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "own_questionnaire"
