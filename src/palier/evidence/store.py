"""Evidence of the organisation and where it is attached. Every query starts from an actor.

Who may see an attachment is decided by the database (migration 0024): what somebody attaches to their own answer is hidden
as that answer is, and what was first brought there with it.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import DoesNotExist, IntegrityError
from tortoise.models import Model

from palier.foundation.actor import Actor
from palier.foundation.database import select
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
    evidence: Any = fields.ForeignKeyField("palier.Evidence", related_name="uses", on_delete=fields.RESTRICT)
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


class NotThere(DoesNotExist):
    """A form names evidence that is not attached where it says: a page not found."""

    def __init__(self, evidence: UUID) -> None:
        super().__init__(f"evidence {evidence}")


class AttachedUnseen(Exception):
    """It backs an answer that somebody gives alone and that the actor may not see yet."""


async def evidence_by_id(actor: Actor, evidence: UUID, *, locked: bool = False) -> Evidence:
    """One piece of evidence `actor` may see, with its stored file. Raises DoesNotExist."""
    if locked:
        await select("select 1 from evidence where id = $1 for update", evidence)
    rows = Evidence.filter(organisation_id=actor.organisation_id)
    return await rows.select_related("file").get(id=evidence)


async def every_evidence(actor: Actor) -> list[Evidence]:
    """All the evidence of the organisation that `actor` may see, the newest first."""
    rows = Evidence.filter(organisation_id=actor.organisation_id)
    return await rows.select_related("file").order_by("-added_at", "-id")


async def uses_in(actor: Actor, assessment: UUID, code: str | None = None) -> list[EvidenceUse]:
    """What is attached in a round, or to one criterion of it, as far as `actor` may see; the oldest first."""
    rows = EvidenceUse.filter(organisation_id=actor.organisation_id, assessment_id=assessment)
    rows = rows.filter(code=code) if code else rows
    return await rows.select_related("evidence__file").order_by("at", "id")


async def uses_of(actor: Actor, evidence: UUID | None = None) -> list[EvidenceUse]:
    """Where evidence is attached, every piece or one, as far as `actor` may see, with the rounds; the newest first."""
    rows = EvidenceUse.filter(organisation_id=actor.organisation_id)
    rows = rows.filter(evidence_id=evidence) if evidence else rows
    return await rows.select_related("assessment").order_by("-assessment__opens_on", "code", "id")


async def use_of(
    actor: Actor, assessment: UUID, code: str, evidence: UUID, respondent: UUID | None
) -> EvidenceUse | None:
    """Whether evidence is attached to the answer of `respondent` (None: the shared one) to a criterion."""
    rows = EvidenceUse.filter(
        organisation_id=actor.organisation_id, assessment_id=assessment, code=code, evidence_id=evidence
    )
    rows = rows.filter(respondent_id=respondent) if respondent else rows.filter(respondent_id__isnull=True)
    return await rows.select_related("evidence").first()


async def delete_evidence(actor: Actor, evidence: UUID) -> None:
    """Delete it with every attachment `actor` sees. Raises AttachedUnseen when there are others."""
    await EvidenceUse.filter(evidence_id=evidence, organisation_id=actor.organisation_id).delete()
    try:
        await Evidence.filter(id=evidence, organisation_id=actor.organisation_id).delete()
    except IntegrityError as error:
        raise AttachedUnseen from error
