"""What people say about a criterion of a round. One transaction each; the round looked up as the actor may see it.

While everybody answers alone, what is said is read by whoever has answered the criterion too, as the answers are
(migration 0026, `topic_readable`): the others are neither shown it, nor called, nor written to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from palier.assessments.flows.definitions import definition_of
from palier.assessments.store import Assessment, Unknown, assessment_by_slug
from palier.conversations.flows import commenting
from palier.conversations.flows.reading import Conversation, conversation
from palier.conversations.store import Comment, Topic, own_comment
from palier.foundation.actor import Actor
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.permissions import Permission

CRITERION = "criterion"
"""The kind of topic a criterion of a round is (`topic_stands`)."""


class TooEarly(Exception):
    """Everybody answers alone, and the actor has not answered the criterion: nothing was written."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation about a criterion; `hidden` while the actor has to answer first."""

    topic: Topic
    conversation: Conversation
    hidden: bool
    may_talk: bool


async def talk_about(actor: Actor, assessment: Assessment, code: str) -> Talk:
    """What was said about a criterion. Call inside `reading`. Raises Unknown."""
    topic = await _topic(actor, assessment, code)
    hidden = not topic.open_to(actor.person_id)
    may_talk = actor.may(Permission.ANSWER) and not hidden
    return Talk(topic, await conversation(actor, topic), hidden, may_talk)


async def counts(assessment: Assessment) -> dict[str, int]:
    """How many comments the actor may read, by criterion code. Call inside `reading`."""
    sql = (
        "select d.code, count(*) as said from topic_comment c join discussed_criterion d on d.id = c.topic_id "
        "where c.topic = 'criterion' and d.assessment_id = $1 group by d.code"
    )
    return {row["code"]: row["said"] for row in await select(sql, assessment.id)}


async def own_words(actor: Actor, assessment: Assessment, code: str, comment: UUID) -> Comment:
    """The actor's own comment, to be changed. Call inside `reading`. Raises DoesNotExist."""
    return await own_comment(actor, await _topic(actor, assessment, code), comment)


async def say(actor: Actor, slug: str, code: str, text: str, chosen: Iterable[UUID], op: UUID) -> Comment:
    """Add a comment and write to whom it calls. Raises DoesNotExist, TooEarly, Unsayable, AlreadyDone."""
    async with transaction(actor):
        assessment = await assessment_by_slug(actor, slug)
        topic = await _topic(actor, assessment, code)
        if not topic.open_to(actor.person_id):
            raise TooEarly
        await select(
            "insert into discussed_criterion (id, organisation_id, assessment_id, code) values ($1, $2, $3, $4) "
            "on conflict (assessment_id, code) do nothing returning id",
            topic.id, actor.organisation_id, assessment.id, code,
        )  # fmt: skip
        return await commenting.say(actor, await _topic(actor, assessment, code), text, chosen, op)


async def change(
    actor: Actor, slug: str, code: str, comment: UUID, text: str, chosen: Iterable[UUID], base: int
) -> Comment:
    """Replace one's own words. Raises DoesNotExist, Unsayable, ChangedMeanwhile."""
    async with transaction(actor):
        topic = await _topic(actor, await assessment_by_slug(actor, slug), code)
        return await commenting.change(actor, topic, comment, text, chosen, base)


async def take_back(actor: Actor, slug: str, code: str, comment: UUID) -> None:
    """Remove one's own words. Raises DoesNotExist."""
    async with transaction(actor):
        topic = await _topic(actor, await assessment_by_slug(actor, slug), code)
        await commenting.take_back(actor, topic, comment)


async def _topic(actor: Actor, assessment: Assessment, code: str) -> Topic:
    """The criterion as a topic: with an id of its own until somebody says something. Raises Unknown."""
    try:
        criterion = (await definition_of(assessment)).criterion(code)
    except KeyError:
        raise Unknown("criterion") from None
    rows = await select(
        "select id from discussed_criterion where assessment_id = $1 and code = $2", assessment.id, code
    )
    address = f"/o/{actor.organisation.slug}/e/{assessment.slug}/q/{code}"
    return Topic(
        CRITERION, rows[0]["id"] if rows else new_id(), f"{code} {criterion.label.in_(current())}", address,
        f"criterion {assessment.slug}/{code}", await _readers(assessment, code),
    )  # fmt: skip


async def _readers(assessment: Assessment, code: str) -> frozenset[UUID] | None:
    """Who alone may read what is said, while everybody answers alone: whoever answered. None: everybody."""
    if not assessment.blind:
        return None
    sql = "select person_id from response_given where assessment_id = $1 and code = $2"
    return frozenset(row["person_id"] for row in await select(sql, assessment.id, code))
