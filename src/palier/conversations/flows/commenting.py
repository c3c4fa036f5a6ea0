"""Saying something under a topic, calling people, changing one's mind. In the caller's transaction, for its actor."""

from collections.abc import Iterable
from uuid import UUID

from palier.conversations import store
from palier.conversations.rules.mentions import LONGEST, calls_in, composed
from palier.conversations.store import Comment, Reader, Topic
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import enqueue


class Unsayable(ValueError):
    """Nothing was said, or too much: nothing was written."""


class ChangedMeanwhile(Exception):
    """The comment was changed in another window since the page was read: nothing was written. `comment` as it stands."""

    def __init__(self, comment: Comment) -> None:
        super().__init__(comment.id)
        self.comment = comment


async def say(actor: Actor, topic: Topic, text: str, chosen: Iterable[UUID], op: UUID) -> Comment:
    """Add a comment; the worker writes to whom it calls: the `chosen`, and those its text names.

    Raises Unsayable, AlreadyDone.
    """
    text = _sayable(text)
    await operations.claim(op, actor.person_id, f"{topic.address}#comments")
    called = await _called(actor, topic, text, chosen)
    row = await Comment.create(
        id=new_id(), organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id, person_id=actor.person_id,
        person_name=actor.person.name, text=text, called=_told(called), at=now(),
    )  # fmt: skip
    await audit.record(
        actor,
        "conversations.commented",
        topic.subject,
        comment=row.id,
        text=_told_of(topic, text),
        called=_names(called),
    )
    await _call(topic, row, called)
    return row


async def change(
    actor: Actor, topic: Topic, comment: UUID, text: str, chosen: Iterable[UUID], base: int
) -> Comment:
    """Replace one's own words; `base` is the revision the page showed. Only those newly called are written to.

    Raises DoesNotExist, Unsayable, ChangedMeanwhile.
    """
    text = _sayable(text)
    row = await store.own_comment(actor, topic, comment, locked=True)
    called = await _called(actor, topic, text, chosen)
    fresh = [reader for reader in called if str(reader.person_id) not in row.called]
    if text == row.text and not fresh:
        return row
    if row.revision != base:
        raise ChangedMeanwhile(row)
    before, row.text, row.called = row.text, text, row.called | _told(fresh)
    row.edited_at, row.revision = now(), row.revision + 1
    await row.save(update_fields=["text", "called", "edited_at", "revision"])
    await audit.record(
        actor, "conversations.comment_changed", topic.subject, comment=row.id, before=_told_of(topic, before), after=_told_of(topic, text),
        called=_names(fresh),
    )  # fmt: skip
    await _call(topic, row, fresh)
    return row


async def take_back(actor: Actor, topic: Topic, comment: UUID) -> None:
    """Remove one's own words. Raises DoesNotExist."""
    row = await store.own_comment(actor, topic, comment, locked=True)
    await Comment.filter(id=row.id, organisation_id=actor.organisation_id).delete()
    await audit.record(
        actor, "conversations.comment_removed", topic.subject, comment=row.id, text=_told_of(topic, row.text)
    )


def _told_of(topic: Topic, text: str) -> str:
    """What the trail holds of a text: nothing where only some may read it, for everybody reads the trail."""
    return text if topic.readers is None else ""


def _sayable(text: str) -> str:
    text = composed(text).strip()
    if not text or len(text) > LONGEST:
        raise Unsayable
    return text


async def _called(actor: Actor, topic: Topic, text: str, chosen: Iterable[UUID]) -> list[Reader]:
    """Those who may read here and are called, but for the speaker; an id of anybody else calls nobody."""
    readers = {r.person_id: r for r in await store.readers_of(actor) if topic.open_to(r.person_id)}
    named = {call.person for call in calls_in(text, {r.person_id: r.name for r in readers.values()})}
    wanted = (named | set(chosen)) - {actor.person_id}
    return [reader for person, reader in readers.items() if person in wanted]


async def _call(topic: Topic, comment: Comment, called: Iterable[Reader]) -> None:
    """Ask for the letters. Only the worker may know who refuses them."""
    for reader in called:
        await enqueue(
            "conversations.call", organisation=comment.organisation_id, comment=comment.id, person=reader.person_id,
            title=topic.title, address=topic.address,
        )  # fmt: skip


def _told(called: Iterable[Reader]) -> dict[str, str]:
    return {str(reader.person_id): reader.name for reader in called}


def _names(called: Iterable[Reader]) -> list[str]:
    return [reader.name for reader in called]
