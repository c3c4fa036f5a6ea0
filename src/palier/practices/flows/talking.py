"""Members talk under a practice, each in their own name and their organisation's."""

from uuid import UUID

from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.practices import store
from palier.practices.flows.writing import NotAMember
from palier.practices.store import CommentReport, PracticeComment

LONGEST_COMMENT, LONGEST_REASON = 2000, 300


async def comment(actor: Actor, practice: UUID, text: str, op: UUID) -> None:
    """Say something under a practice. Raises DoesNotExist, NotAMember, AlreadyDone."""
    async with transaction(actor):
        shared = await store.shared_practice(practice)
        if shared.network_id not in {known for known, _ in await store.sharing_networks(actor)}:
            raise NotAMember
        address = f"/o/{actor.organisation.slug}/practices/{practice}"
        await operations.claim(op, actor.person_id, f"{address}#comments")
        row = await PracticeComment.create(
            id=new_id(), practice_id=practice, network_id=shared.network_id, organisation_id=actor.organisation_id,
            organisation_name=actor.organisation.name, person_id=actor.person_id, person_name=actor.person.name,
            text=text, at=now(),
        )  # fmt: skip
        await audit.record(actor, "practices.commented", f"comment {row.id}", practice=practice, text=text)


async def take_back_comment(actor: Actor, practice: UUID, comment: UUID) -> None:
    """Remove what one said oneself. Raises DoesNotExist."""
    async with transaction(actor):
        found = await store.comment_by_id(practice, comment)
        mine = PracticeComment.filter(
            id=found.id, organisation_id=actor.organisation_id, person_id=actor.person_id
        )
        await mine.get()
        await mine.delete()
        await audit.record(actor, "practices.comment_removed", f"comment {comment}", practice=practice)


async def report(actor: Actor, practice: UUID, comment: UUID, reason: str, op: UUID) -> None:
    """Ask the staff to look at a comment; once a person is enough. Raises DoesNotExist, AlreadyDone."""
    async with transaction(actor):
        found = await store.comment_by_id(practice, comment)
        address = f"/o/{actor.organisation.slug}/practices/{practice}"
        await operations.claim(op, actor.person_id, f"{address}#comments")
        if found.id in await store.reported_by(actor, [found.id]):
            return
        await CommentReport.create(
            id=new_id(), comment_id=found.id, network_id=found.network_id, organisation_id=actor.organisation_id,
            person_id=actor.person_id, reason=reason, at=now(),
        )  # fmt: skip
        await audit.record(actor, "practices.comment_reported", f"comment {comment}", reason=reason)
