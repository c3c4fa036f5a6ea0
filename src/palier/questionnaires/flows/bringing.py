"""Bringing a questionnaire of one's own: upload, publish, withdraw, offer again, discard."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.foundation import audit, operations
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.kept import Kept
from palier.questionnaires import store
from palier.questionnaires.building import content_hash
from palier.questionnaires.checking import Checked, Remark, check_upload, check_versions
from palier.questionnaires.owners import Owner
from palier.questionnaires.store import OwnQuestionnaire, OwnState

MOST_DRAFTS = 50
"""Files an owner may have waiting: whoever has more discards some first."""

_checks: Kept[UUID, Checked] = Kept(32)
"""Checks by the id of the row: an upload never changes."""


class TooManyDrafts(Exception):
    """The owner has MOST_DRAFTS files that are not published."""


class NotPublishable(Exception):
    """The file cannot be published as it stands: `faults` say why."""

    def __init__(self, faults: Sequence[Remark] = ()) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of an upload: its own check, and what it says wrongly of the version before."""

    checked: Checked
    since: tuple[Remark, ...]

    @property
    def faults(self) -> tuple[Remark, ...]:
        """Everything that keeps it from being published."""
        return (*self.checked.faults, *self.since)


async def upload(owner: Owner, name: str, data: bytes, op: UUID) -> OwnQuestionnaire:
    """Keep the file `data` called `name`, checked: a draft to look at, and to publish when it has no faults.

    A file with faults is kept as it came. Raises AlreadyDone for the form `op`, TooManyDrafts.
    """
    checked = await asyncio.to_thread(check_upload, data)
    row = _row(owner, name, data, checked)
    async with transaction(owner.tenant):
        await operations.claim(op, owner.person.person_id, f"{owner.base}/questionnaires/{row.id}")
        if await store.drafts_of(owner) >= MOST_DRAFTS:
            raise TooManyDrafts
        await row.save(force_create=True)
        await audit.record(
            owner.tenant, "questionnaires.uploaded", _subject(row), file=name, faults=len(checked.faults)
        )
    _checks.put(row.id, checked)
    return row


def _row(owner: Owner, name: str, data: bytes, checked: Checked) -> OwnQuestionnaire:
    row = OwnQuestionnaire(
        id=new_id(), **owner.columns, file_name=name, upload=data, uploaded_by=owner.person.person_id,
        uploaded_name=owner.person.name, uploaded_at=now(),
    )  # fmt: skip
    if checked.data is not None:
        row.content = owner.tagged(checked.data)
        row.code, row.version, row.title = row.content["id"], row.content["version"], row.content["title"]
        row.hash = content_hash(row.content)
    return row


async def report_on(owner: Owner, row: OwnQuestionnaire) -> Report:
    """The check of an upload, with its standing among the versions published; inside `reading(owner.tenant)`."""
    checked = _checks.get(row.id) or _checks.put(row.id, await asyncio.to_thread(check_upload, row.upload))
    if row.state is not OwnState.DRAFT or row.content is None:
        return Report(checked, ())
    before = await store.earlier_version(owner, row)
    return Report(checked, check_versions(row.content, before.content if before else None))


async def publish(owner: Owner, questionnaire_id: UUID) -> OwnQuestionnaire:
    """Offer the draft from now on; its content never changes again. Once: published before, it is handed back.

    Raises DoesNotExist, NotPublishable (faults, a version that is not above the last, a throw-away copy).
    """
    async with transaction(owner.tenant):
        known = await store.own(owner, questionnaire_id)
        await store.lock_versions(owner, known.code)
        row = await store.own(owner, questionnaire_id, locked=True)
        if row.state is not OwnState.DRAFT:
            return row
        report = await report_on(owner, row)
        if owner.sandbox or row.content is None or report.faults:
            raise NotPublishable(report.faults)
        row.state, row.published_at, row.published_name = OwnState.PUBLISHED, now(), owner.person.name
        await row.save(update_fields=["state", "published_at", "published_name"])
        await audit.record(owner.tenant, "questionnaires.published", _subject(row), hash=row.hash)
    return row


async def withdraw(owner: Owner, questionnaire_id: UUID) -> OwnQuestionnaire:
    """Offer it no more; rounds that use it go on. Raises DoesNotExist."""
    return await _move(owner, questionnaire_id, OwnState.PUBLISHED, OwnState.WITHDRAWN)


async def offer_again(owner: Owner, questionnaire_id: UUID) -> OwnQuestionnaire:
    """Take a withdrawal back. Raises DoesNotExist."""
    return await _move(owner, questionnaire_id, OwnState.WITHDRAWN, OwnState.PUBLISHED)


async def _move(owner: Owner, questionnaire_id: UUID, before: OwnState, after: OwnState) -> OwnQuestionnaire:
    async with transaction(owner.tenant):
        row = await store.own(owner, questionnaire_id, locked=True)
        if row.state is before:
            row.state = after
            row.withdrawn_at = now() if after is OwnState.WITHDRAWN else None
            await row.save(update_fields=["state", "withdrawn_at"])
            verb = "withdrawn" if after is OwnState.WITHDRAWN else "offered_again"
            await audit.record(owner.tenant, f"questionnaires.{verb}", _subject(row))
    return row


async def discard(owner: Owner, questionnaire_id: UUID) -> None:
    """Delete a draft with its file. What was published stays. Raises DoesNotExist."""
    async with transaction(owner.tenant):
        row = await store.own(owner, questionnaire_id, locked=True)
        if row.state is OwnState.DRAFT:
            await row.delete()
            await audit.record(owner.tenant, "questionnaires.discarded", _subject(row), file=row.file_name)


def _subject(row: OwnQuestionnaire) -> str:
    return f"questionnaire {row.code}/{row.version}" if row.code else f"questionnaire {row.id}"
