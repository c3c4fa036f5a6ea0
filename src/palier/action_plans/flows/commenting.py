"""What people say under an action: one transaction each, the action looked up as the actor may see it."""

from collections.abc import Iterable
from uuid import UUID

from palier.action_plans import store
from palier.action_plans.store import Action
from palier.conversations.flows import commenting
from palier.conversations.flows.reading import Conversation, conversation
from palier.conversations.store import Comment, Topic, is_discussed, own_comment
from palier.foundation.actor import Actor
from palier.foundation.database import transaction

ACTION = "action"
"""The kind of topic an action is (migration 0011, `topic_stands`)."""


def topic_of(actor: Actor, row: Action) -> Topic:
    """The action as a topic of conversation."""
    return Topic(ACTION, row.id, row.title, f"/o/{actor.organisation.slug}/a/{row.id}", f"action {row.id}")


async def talk_about(actor: Actor, row: Action) -> Conversation:
    """What was said about the action and the files beside it. Call inside `reading`."""
    return await conversation(actor, topic_of(actor, row))


async def discussed(actor: Actor, action: UUID) -> bool:
    """Whether anybody worked on the action by word or file."""
    return await is_discussed(actor, ACTION, action)


async def own_words(actor: Actor, row: Action, comment: UUID) -> Comment:
    """The actor's own comment, to be changed. Call inside `reading`. Raises DoesNotExist."""
    return await own_comment(actor, topic_of(actor, row), comment)


async def say(actor: Actor, action: UUID, text: str, chosen: Iterable[UUID], op: UUID) -> Comment:
    """Add a comment and write to whom it calls. Raises DoesNotExist, Unsayable, AlreadyDone."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action)
        return await commenting.say(actor, topic_of(actor, row), text, chosen, op)


async def change(
    actor: Actor, action: UUID, comment: UUID, text: str, chosen: Iterable[UUID], base: int
) -> Comment:
    """Replace one's own words. Raises DoesNotExist, Unsayable, ChangedMeanwhile."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action)
        return await commenting.change(actor, topic_of(actor, row), comment, text, chosen, base)


async def take_back(actor: Actor, action: UUID, comment: UUID) -> None:
    """Remove one's own words. Raises DoesNotExist."""
    async with transaction(actor):
        row = await store.action_by_id(actor, action)
        await commenting.take_back(actor, topic_of(actor, row), comment)
