"""Documents asked for: what, by whom, how far, and the finished file."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class ReportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Report(Model):
    """One document. `content` is the frozen data it is made of, so that it can be made again byte for byte."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="reports")
    organisation_id: UUID
    kind = fields.CharField(max_length=30)
    title = fields.CharField(max_length=200)
    locale = fields.CharField(max_length=10)
    assessment_id = fields.UUIDField(null=True)
    plan_id = fields.UUIDField(null=True)
    content = fields.JSONField()
    content_key = fields.CharField(max_length=64, db_index=True)
    state = fields.CharEnumField(ReportState, max_length=20, default=ReportState.QUEUED)
    attempts = fields.SmallIntField(default=0)
    file_id = fields.UUIDField(null=True)
    pages = fields.IntField(null=True)
    failure = fields.CharField(max_length=300, default="")
    created_by = fields.UUIDField()
    created_name = fields.CharField(max_length=120)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "report"
