"""The letter to whom a comment calls, in their own language."""

from collections.abc import Iterable

from palier.conversations.store import Comment, Reader, Topic
from palier.foundation import mail
from palier.foundation.actor import Actor
from palier.foundation.language import speaking


async def called(actor: Actor, topic: Topic, comment: Comment, readers: Iterable[Reader], site: str) -> None:
    """Write to each of the `readers` that the comment calls them."""
    for reader in readers:
        with speaking(reader.locale):
            await mail.write(
                reader.email, "conversations/mails/called", name=actor.person.name, title=topic.title,
                organisation=actor.organisation.name, lines=comment.text.split("\n"),
                address=f"{site}{topic.address}#comment-{comment.id}",
            )  # fmt: skip
