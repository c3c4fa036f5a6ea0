"""The network's staff judges what members propose, and keeps comments civil. It never learns who adopted what."""

from uuid import UUID

from palier.foundation import audit
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.practices import mails, store
from palier.practices.rules.sheets import from_plain, to_plain
from palier.practices.store import (
    CommentReport,
    Practice,
    PracticeComment,
    PracticeVersion,
    SharedPractice,
    VersionState,
)


class JudgedMeanwhile(Exception):
    """The author took the version back, or a colleague judged it first: nothing was written."""


async def publish(actor: NetworkActor, practice: UUID, number: int, site: str) -> PracticeVersion:
    """Let members read this version; its author is told. Raises DoesNotExist, JudgedMeanwhile."""
    async with transaction(actor):
        version = await _proposed(actor, practice, number)
        await _decide(actor, version, VersionState.PUBLISHED, "")
        await _share(version)
        await Practice.filter(id=practice).update(shared_version=number)
        await _record(actor, "practices.published", version)
        await mails.published(actor, version, site)
    return version


async def send_back(
    actor: NetworkActor, practice: UUID, number: int, reason: str, site: str
) -> PracticeVersion:
    """Give the version back to its author with a reason. Raises DoesNotExist, JudgedMeanwhile."""
    async with transaction(actor):
        version = await _proposed(actor, practice, number)
        await _decide(actor, version, VersionState.SENT_BACK, reason)
        await _record(actor, "practices.sent_back", version, reason=reason)
        await mails.sent_back(actor, version, site)
    return version


async def take_down(actor: NetworkActor, practice: UUID, reason: str, site: str) -> PracticeVersion:
    """Members no longer read what was published; its author is told why. Raises DoesNotExist."""
    async with transaction(actor):
        shared = (
            await SharedPractice.filter(network_id=actor.network_id, id=practice).select_for_update().get()
        )
        version = await store.version_to_judge(actor, practice, shared.version, locked=True)
        await SharedPractice.filter(id=practice).delete()
        await Practice.filter(id=practice).update(shared_version=None)
        if version.state is VersionState.PUBLISHED:
            await _decide(actor, version, VersionState.SENT_BACK, reason)
        await _record(actor, "practices.taken_down", version, reason=reason)
        await mails.sent_back(actor, version, site)
    return version


async def _proposed(actor: NetworkActor, practice: UUID, number: int) -> PracticeVersion:
    version = await store.version_to_judge(actor, practice, number)
    if version.state is not VersionState.PROPOSED:  # row-level security lets nobody lock what is judged
        raise JudgedMeanwhile
    return await store.version_to_judge(actor, practice, number, locked=True)


async def _decide(actor: NetworkActor, version: PracticeVersion, state: VersionState, reason: str) -> None:
    version.state, version.reason = state, reason
    version.decided_name, version.decided_at = actor.person.name, now()
    await version.save(update_fields=["state", "reason", "decided_name", "decided_at"])


async def _record(actor: NetworkActor, verb: str, version: PracticeVersion, **details: str) -> None:
    await audit.record(
        actor, verb, f"practice {version.practice_id}", title=version.title, version=version.number, **details
    )


async def _share(version: PracticeVersion) -> None:
    """Write what members read: the words, and of the author only what it chose to show."""
    sheet, author = from_plain(version.content), version.practice.organisation
    values = {
        "version": version.number, "locale": version.locale, "title": version.title, "content": to_plain(sheet),
        "topics": list(sheet.topics), "measured": sheet.measure is not None, "published_at": now(),
        "organisation_name": author.name if sheet.named else "",
        "family": author.family, "sector": author.sector, "size": author.size,
    }  # fmt: skip
    if not await SharedPractice.filter(id=version.practice_id).update(**values):
        await SharedPractice.create(
            id=version.practice_id, network_id=version.network_id, first_published_at=now(), **values
        )


async def hide(actor: NetworkActor, comment: UUID, reason: str) -> PracticeComment:
    """Hide a comment from members, and settle what was reported of it. Raises DoesNotExist."""
    async with transaction(actor):
        found = await PracticeComment.get(id=comment, network_id=actor.network_id)
        await PracticeComment.filter(id=found.id).update(hidden_at=now(), hidden_reason=reason)
        await _settle(actor, found.id)
        await audit.record(actor, "practices.comment_hidden", f"comment {comment}", reason=reason)
    return found


async def keep(actor: NetworkActor, comment: UUID) -> PracticeComment:
    """Leave a reported comment, or show a hidden one again. Raises DoesNotExist."""
    async with transaction(actor):
        found = await PracticeComment.get(id=comment, network_id=actor.network_id)
        await PracticeComment.filter(id=found.id).update(hidden_at=None, hidden_reason="")
        await _settle(actor, found.id)
        await audit.record(actor, "practices.comment_kept", f"comment {comment}")
    return found


async def _settle(actor: NetworkActor, comment: UUID) -> None:
    open_ones = CommentReport.filter(comment_id=comment, network_id=actor.network_id, settled_at=None)
    await open_ones.update(settled_at=now())
