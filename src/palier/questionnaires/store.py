"""Questionnaires that organisations and networks brought themselves: every file kept, published ones never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.database import one_at_a_time, select
from palier.foundation.identifiers import new_id
from palier.questionnaires.owners import Owner
from palier.questionnaires.rules.versions import numbered


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


def owned_by(owner: Owner) -> QuerySet[OwnQuestionnaire]:
    """What an owner brought, the newest first, without files and contents."""
    return OwnQuestionnaire.filter(**owner.columns).order_by("-uploaded_at", "-id").only(*_FACTS)


async def own(owner: Owner, questionnaire_id: UUID, *, locked: bool = False) -> OwnQuestionnaire:
    """One row, whole. Raises DoesNotExist, for a stranger's as for an unknown one."""
    rows = OwnQuestionnaire.filter(id=questionnaire_id, **owner.columns)
    return await (rows.select_for_update() if locked else rows).get()


async def earlier_version(owner: Owner, row: OwnQuestionnaire) -> OwnQuestionnaire | None:
    """The highest version of the same questionnaire that was published, withdrawn ones included."""
    rows = OwnQuestionnaire.filter(code=row.code, **owner.columns).exclude(id=row.id)
    return max(await rows.exclude(state=OwnState.DRAFT), key=lambda one: numbered(one.version), default=None)


async def drafts_of(owner: Owner) -> int:
    """How many files of the owner wait to be published."""
    return await OwnQuestionnaire.filter(state=OwnState.DRAFT, **owner.columns).count()


async def lock_versions(owner: Owner, code: str) -> None:
    """Make other publications of the same questionnaire wait for this one."""
    await one_at_a_time(f"own_questionnaire {owner.id} {code}")


async def published_for(tenant: Actor | NetworkActor) -> list[dict[str, Any]]:
    """Id, code, version and hash of what `tenant` may choose: its own, and those of the networks it belongs to."""
    sql = (
        "select id, code, version, hash from own_questionnaire where state = 'published' and (organisation_id = $1 or network_id = $1 "
        "or network_id in (select m.network_id from network_member m where m.organisation_id = $1 and m.left_on is null))"
    )
    return await select(sql, Owner(tenant).id)


_FACTS = (
    "id", "organisation_id", "network_id", "code", "version", "title", "hash", "state", "file_name", "uploaded_name",
    "uploaded_at", "published_at", "published_name", "withdrawn_at",
)  # fmt: skip
