"""Evidence of the organisation and where it is attached. Every query starts from an actor.

Who may see an attachment is decided by the database (migration 0024): what somebody attaches to their own answer is hidden
as that answer is, and what was first brought there with it.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class Evidence(Model):
    """A file or a link. What a submitted round shows of it stays: its title, its link and its file."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="evidence")
    organisation_id: UUID
    title = fields.CharField(max_length=200)
    link = fields.CharField(max_length=1000, default="")  # empty where it is a file
    # The stored file goes by a neutral name: its row is everybody's, and the name somebody gave may tell their view.
    file: Any = fields.OneToOneField("palier.StoredFile", related_name="evidence", null=True)
    file_id: UUID | None
    file_name = fields.CharField(max_length=200, default="")
    scanned = fields.BooleanField(default=False)
    valid_until = fields.DateField(null=True)  # the last day it holds
    note = fields.TextField(default="")
    brought_to = fields.UUIDField(null=True)  # the individual round it was first brought to, before opening
    added_by = fields.UUIDField()
    added_name = fields.CharField(max_length=120)
    added_at = fields.DatetimeField()

    class Meta:
        table = table_description = "evidence"
        indexes = (("organisation_id", "added_at"),)


class EvidenceUse(Model):
    """One piece of evidence beside one criterion of one round."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    evidence: Any = fields.ForeignKeyField(
        "palier.Evidence", related_name="uses", on_delete=fields.RESTRICT
    )
    evidence_id: UUID
    assessment: Any = fields.ForeignKeyField("palier.Assessment", related_name="evidence")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    respondent_id = fields.UUIDField(null=True)  # whose own answer it backs; null: the shared one
    person_name = fields.CharField(max_length=120)
    at = fields.DatetimeField()

    class Meta:
        table = table_description = "evidence_use"
        indexes = (("assessment_id", "code"), ("evidence_id",))
