"""Files put beside a topic and taken away again. In the caller's transaction, for its actor.

`palier.foundation.uploads.received` has judged the bytes before. The row goes with its stored file by trigger; the bytes go
in the next night (`palier.foundation.files.sweep`).
"""

from uuid import UUID

from palier.conversations import store
from palier.conversations.store import Topic, TopicFile
from palier.foundation import audit, files, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id
from palier.foundation.uploads import Received

MOST_FILES = 20
"""Files beside one topic."""

MOST_BYTES = 2_000_000_000
"""Bytes of all the files of an organisation, where nobody says otherwise (PALIER_FILES_ROOM)."""


class Full(Exception):
    """There are as many files as a topic may have, or the organisation has no room left. `by_number` tells which."""

    def __init__(self, *, by_number: bool) -> None:
        super().__init__(by_number)
        self.by_number = by_number


async def attach(
    actor: Actor, shelf: files.Shelf, topic: Topic, sent: Received, op: UUID, room: int | None = None
) -> TopicFile:
    """Keep a file beside the topic; all files of the organisation fill at most `room` bytes. Raises Full, AlreadyDone."""
    await operations.claim(op, actor.person_id, f"{topic.address}#files")
    beside = await store.files_beside(actor, topic)
    if len(beside) >= MOST_FILES:
        raise Full(by_number=True)
    if await store.bytes_kept(actor) + len(sent.data) > (room or MOST_BYTES):
        raise Full(by_number=False)
    file = await files.keep(shelf, actor, actor.organisation_id, sent.name, sent.media_type, sent.data)
    row = await TopicFile.create(
        id=new_id(), organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id, file=file,
        person_name=actor.person.name, scanned=sent.scanned, at=now(),
    )  # fmt: skip
    await audit.record(
        actor, "conversations.file_attached", topic.subject, file=row.id, name=file.name, size=file.size,
        sha256=file.sha256,
    )  # fmt: skip
    return row


async def detach(actor: Actor, topic: Topic, file: UUID) -> str:
    """Take a file away, whoever put it there; its name. Raises DoesNotExist."""
    row = await store.file_beside(actor, topic, file)
    await TopicFile.filter(id=row.id, organisation_id=actor.organisation_id).delete()
    await audit.record(
        actor, "conversations.file_removed", topic.subject, file=row.id, name=row.file.name,
        sha256=row.file.sha256,
    )  # fmt: skip
    return str(row.file.name)
