"""Comments and files of a topic: whatever a room lets people discuss. Every query starts from an actor.

A topic is named by its kind and its id. Which kinds there are, and that the topic stands, is kept by the database
(`topic_stands`, migration 0011): a room that wants conversations adds its table there.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import select
from palier.foundation.identifiers import new_id


class Comment(Model):
    """What somebody says under a topic. Only they change it or take it back."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    topic = fields.CharField(max_length=20)
    topic_id = fields.UUIDField()
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    text = fields.TextField()
    called: Any = fields.JSONField(default=dict)  # {person id: name} of those it was sent to
    at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)
    revision = fields.IntField(default=1)

    class Meta:
        table = table_description = "topic_comment"


class TopicFile(Model):
    """A file somebody put beside a topic. When it goes, the stored file goes with it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    topic = fields.CharField(max_length=20)
    topic_id = fields.UUIDField()
    file: Any = fields.OneToOneField("palier.StoredFile", related_name="beside")
    file_id: UUID
    person_name = fields.CharField(max_length=120)
    scanned = fields.BooleanField(default=False)
    at = fields.DatetimeField()

    class Meta:
        table = table_description = "topic_file"


@dataclass(frozen=True, slots=True)
class Topic:
    """What is discussed: its kind and id, its name, its address, and what the audit trail calls it.

    `readers`: who alone may read what is said, and so may be called; None for whoever reads the organisation. What only some
    may read is kept out of the audit trail, which everybody reads.
    """

    kind: str
    id: UUID
    title: str
    address: str
    subject: str
    readers: frozenset[UUID] | None = None

    def open_to(self, person: UUID) -> bool:
        """Whether `person`, who reads the organisation, may read what is said here."""
        return self.readers is None or person in self.readers


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may open what the organisation does, and so be called."""

    person_id: UUID
    name: str
    email: str
    locale: str


async def comments_on(actor: Actor, topic: Topic) -> list[Comment]:
    """What was said under the topic, the oldest first."""
    rows = Comment.filter(organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id)
    return await rows.order_by("at", "id")


async def own_comment(actor: Actor, topic: Topic, comment: UUID, *, locked: bool = False) -> Comment:
    """A comment of the actor's own under the topic. Raises DoesNotExist, for anybody else's as for an unknown one."""
    rows = Comment.filter(
        organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id, person_id=actor.person_id
    )
    return await (rows.select_for_update() if locked else rows).get(id=comment)


async def files_beside(actor: Actor, topic: Topic) -> list[TopicFile]:
    """The files of the topic with what the file store knows of them, the oldest first."""
    rows = TopicFile.filter(organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id)
    return await rows.select_related("file").order_by("at", "id")


async def file_beside(actor: Actor, topic: Topic, file: UUID) -> TopicFile:
    """One file of the topic. Raises DoesNotExist."""
    rows = TopicFile.filter(organisation_id=actor.organisation_id, topic=topic.kind, topic_id=topic.id)
    return await rows.select_related("file").get(id=file)


async def bytes_kept(actor: Actor) -> int:
    """Bytes of every file of the organisation."""
    sql = "select coalesce(sum(size), 0)::bigint as bytes from stored_file where organisation_id = $1"
    rows = await select(sql, actor.organisation_id)
    return int(rows[0]["bytes"])


async def is_discussed(actor: Actor, kind: str, topic: UUID) -> bool:
    """Whether anybody said anything there, or put a file beside it."""
    sql = (
        "select exists (select from topic_comment where organisation_id = $1 and topic = $2 and topic_id = $3) "
        "or exists (select from topic_file where organisation_id = $1 and topic = $2 and topic_id = $3) as found"
    )
    return bool((await select(sql, actor.organisation_id, kind, topic))[0]["found"])


async def readers_of(actor: Actor) -> list[Reader]:
    """Members, and consultants whose mandate runs, in order of name; the actor too."""
    sql = (
        "select p.id, p.name, p.email, p.locale from person p where p.id in ("
        "select person_id from membership where organisation_id = $1 "
        "union select consultant_id from mandate where organisation_id = $1 and revoked_at is null and ends_on >= $2) "
        "order by p.name, p.id"
    )
    rows = await select(sql, actor.organisation_id, today(actor.person.time_zone))
    return [Reader(row["id"], row["name"], row["email"], row["locale"]) for row in rows]
