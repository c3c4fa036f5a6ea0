"""Files beside an action: one transaction each, the action looked up as the actor may see it."""

from uuid import UUID

from palier.action_plans import store
from palier.action_plans.flows.commenting import topic_of
from palier.conversations.flows import attaching
from palier.conversations.store import TopicFile, file_beside
from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.database import reading, transaction
from palier.foundation.uploads import Received


async def attach(
    actor: Actor, shelf: files.Shelf, action: UUID, sent: Received, op: UUID, room: int | None = None
) -> TopicFile:
    """Keep a file, judged before, beside the action, in the organisation's `room`. Raises DoesNotExist, Full, AlreadyDone."""
    async with transaction(actor):
        # Locked: two who attach the last file at once wait for each other.
        row = await store.action_by_id(actor, action, locked=True)
        return await attaching.attach(actor, shelf, topic_of(actor, row), sent, op, room)


async def detach(actor: Actor, action: UUID, file: UUID) -> str:
    """Take a file away; its name. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action, locked=True)
        return await attaching.detach(actor, topic_of(actor, row), file)


async def take_along(actor: Actor, shelf: files.Shelf, action: UUID, file: UUID) -> tuple[TopicFile, bytes]:
    """A file and its bytes, checked against what was stored. Raises DoesNotExist, FileGone."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        found = await file_beside(actor, topic_of(actor, row), file)
    return found, await files.fetch(shelf, found.file)
