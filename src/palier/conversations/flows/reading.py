"""A conversation as a page shows it: what was said, by whom, to whom; the files; who may be called. Inside `reading`."""

from dataclasses import dataclass
from uuid import UUID

from palier.conversations import store
from palier.conversations.rules.mentions import Part, parts_of
from palier.conversations.store import Comment, Topic, TopicFile
from palier.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, its lines cut where somebody is called, and the names of those it was sent to."""

    row: Comment
    lines: tuple[tuple[Part, ...], ...]
    called: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything about a topic that people said or put there; `people` (id, name) may be called."""

    said: tuple[Said, ...]
    files: tuple[TopicFile, ...]
    people: tuple[tuple[str, str], ...]


async def conversation(actor: Actor, topic: Topic) -> Conversation:
    """The conversation about `topic`."""
    comments = await store.comments_on(actor, topic)
    readers = await store.readers_of(actor)
    return Conversation(
        tuple(said(row) for row in comments),
        tuple(await store.files_beside(actor, topic)),
        tuple(
            (str(r.person_id), r.name)
            for r in readers
            if r.person_id != actor.person_id and topic.open_to(r.person_id)
        ),
    )


def said(row: Comment) -> Said:
    """One comment, ready to be shown: only those it was sent to are set off in it."""
    people = {UUID(person): name for person, name in row.called.items()}
    lines = tuple(tuple(parts_of(line, people)) for line in row.text.split("\n") if line.strip())
    return Said(row, lines, tuple(row.called.values()))
