"""Practices with their versions, what members read of them, comments, adoptions, and levers of networks.

What an organisation writes (`Practice`, `PracticeVersion`) and what members of its network read (`SharedPractice`) are
apart: the shared row holds neither the author's id nor anything the author chose not to show.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.database import select
from palier.foundation.identifiers import new_id


class VersionState(StrEnum):
    """How far one version of a practice is."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class LeverState(StrEnum):
    """Whether members' plans propose a lever of the network."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Practice(Model):
    """A practice of an organisation, told to one network. What it says is in its versions."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="practices")
    organisation_id: UUID
    network: Any = fields.ForeignKeyField("palier.Network", related_name="practices")
    network_id: UUID
    shared_version = fields.SmallIntField(null=True)  # the version members read now
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = table_description = "practice"


class PracticeVersion(Model):
    """One telling of a practice. Once proposed its words never change; the next telling is another version."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    practice: Any = fields.ForeignKeyField("palier.Practice", related_name="versions")
    practice_id: UUID
    organisation_id = fields.UUIDField()
    network_id = fields.UUIDField()
    number = fields.SmallIntField()
    state = fields.CharEnumField(VersionState, max_length=20, default=VersionState.DRAFT)
    locale = fields.CharField(max_length=2)
    title = fields.CharField(max_length=160)
    content: Any = fields.JSONField(default=dict)
    revision = fields.IntField(default=1)
    written_by = fields.UUIDField()
    written_name = fields.CharField(max_length=120)
    written_at = fields.DatetimeField()
    proposed_by = fields.UUIDField(null=True)
    proposed_at = fields.DatetimeField(null=True)
    decided_name = fields.CharField(max_length=120, default="")
    decided_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=1000, default="")

    class Meta:
        table = table_description = "practice_version"
        unique_together = (("practice", "number"),)


class SharedPractice(Model):
    """What members of the network read: the version published last. `id` is the practice's."""

    id = fields.UUIDField(primary_key=True)
    network: Any = fields.ForeignKeyField("palier.Network", related_name="shared_practices")
    network_id: UUID
    version = fields.SmallIntField()
    locale = fields.CharField(max_length=2)
    title = fields.CharField(max_length=160)
    content: Any = fields.JSONField(default=dict)
    topics: Any = fields.JSONField(default=list)
    organisation_name = fields.CharField(max_length=160, default="")  # empty: not named
    family = fields.CharField(max_length=40, default="")
    sector = fields.CharField(max_length=40, default="")
    size = fields.CharField(max_length=20, default="")
    measured = fields.BooleanField(default=False)
    adopters = fields.SmallIntField(default=0)  # a multiple of the network's k, 0 under it
    first_published_at = fields.DatetimeField()
    published_at = fields.DatetimeField()

    class Meta:
        table = table_description = "shared_practice"


class PracticeComment(Model):
    """What a member says under a practice, with name and organisation."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    practice_id = fields.UUIDField()
    network_id = fields.UUIDField()
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="practice_comments")
    organisation_id: UUID
    organisation_name = fields.CharField(max_length=160)
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    text = fields.TextField()
    at = fields.DatetimeField()
    hidden_at = fields.DatetimeField(null=True)
    hidden_reason = fields.CharField(max_length=300, default="")

    class Meta:
        table = table_description = "practice_comment"
        indexes = (("practice_id",),)


class CommentReport(Model):
    """A member asks the staff to look at a comment."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    comment: Any = fields.ForeignKeyField("palier.PracticeComment", related_name="reports")
    comment_id: UUID
    network_id = fields.UUIDField()
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="comment_reports")
    person_id = fields.UUIDField()
    reason = fields.CharField(max_length=300)
    at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "comment_report"
        unique_together = (("comment", "person_id"),)


class PracticeAdoption(Model):
    """An organisation took a practice up. Never read by anybody else; counted by the worker (rules.adopters)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    practice_id = fields.UUIDField()
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="practice_adoptions")
    organisation_id: UUID
    action_id = fields.UUIDField(null=True)
    adopted_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "practice_adoption"


class NetworkLever(Model):
    """A lever the network's staff wrote for criteria of a questionnaire."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network: Any = fields.ForeignKeyField("palier.Network", related_name="levers")
    network_id: UUID
    questionnaire = fields.CharField(max_length=24)
    state = fields.CharEnumField(LeverState, max_length=20, default=LeverState.DRAFT)
    content: Any = fields.JSONField(default=dict)
    revision = fields.IntField(default=1)
    written_name = fields.CharField(max_length=120)
    written_at = fields.DatetimeField()

    class Meta:
        table = table_description = "network_lever"


# --- an organisation's own practices --------------------------------------------------------------------------------


async def own_practices(actor: Actor) -> list[PracticeVersion]:
    """The last version of each practice of the organisation, with its practice and network, the newest first."""
    rows = PracticeVersion.filter(organisation_id=actor.organisation_id).select_related("practice__network")
    last: dict[UUID, PracticeVersion] = {}
    for row in await rows.order_by("number"):
        last[row.practice_id] = row
    return sorted(last.values(), key=lambda row: row.written_at, reverse=True)


async def own_practice(actor: Actor, practice: UUID, *, locked: bool = False) -> Practice:
    """One practice of the organisation. Raises DoesNotExist."""
    rows = Practice.filter(organisation_id=actor.organisation_id, id=practice)
    if locked:
        await rows.select_for_update().get()
    return await rows.select_related("network").get()


async def versions_of(actor: Actor, practice: UUID) -> list[PracticeVersion]:
    """Every version of a practice of the organisation, the last first."""
    rows = PracticeVersion.filter(organisation_id=actor.organisation_id, practice_id=practice)
    return await rows.order_by("-number")


async def sharing_networks(actor: Actor) -> list[tuple[UUID, str]]:
    """Networks the organisation may tell practices to: those whose verified member it is. Ids and names."""
    sql = (
        "select n.id, n.name from network n where n.id in (select speaking_networks()) "
        "and exists (select from network_member m where m.network_id = n.id and m.organisation_id = $1) order by n.name"
    )
    return [(row["id"], row["name"]) for row in await select(sql, actor.organisation_id)]


# --- what members read ----------------------------------------------------------------------------------------------


async def search_shared(
    words: str = "", topic: str = "", sector: str = "", *, measured: bool = False
) -> list[SharedPractice]:
    """The practices the reader's networks share, the newest first, with their networks.

    `words` in either language, accents or none; `topic` "SX", "SX/SX1" or "SX/SX1.1.1"; all conditions hold together.
    """
    sql = (
        "select id from shared_practice where ($1 = '' or words @@ practice_question($1)) "
        "and ($2 = '' or topics @> to_jsonb($2::text)) and ($3 = '' or sector = $3) and (not $4 or measured)"
    )
    ids = [row["id"] for row in await select(sql, words, topic, sector, measured)]
    if not ids:
        return []
    rows = SharedPractice.filter(id__in=ids).select_related("network")
    return await rows.order_by("-published_at", "-id")


async def shared_practice(practice: UUID) -> SharedPractice:
    """One practice the reader may read, with its network. Raises DoesNotExist."""
    return await SharedPractice.get(id=practice).select_related("network")


async def shared_since(day: datetime) -> list[SharedPractice]:
    """What was first published since then in the reader's networks, the newest first, with networks."""
    rows = SharedPractice.filter(first_published_at__gte=day).select_related("network")
    return await rows.order_by("-first_published_at", "-id").limit(5)


async def own_ids(actor: Actor) -> set[UUID]:
    """Which practices are the organisation's."""
    rows = await select("select id from practice where organisation_id = $1", actor.organisation_id)
    return {row["id"] for row in rows}


async def topics_and_sectors() -> tuple[dict[str, int], list[str]]:
    """How many practices the reader finds under each topic, and the sectors they come from."""
    sectors = await select("select distinct sector from shared_practice where sector <> '' order by 1")
    return await topics(), [row["sector"] for row in sectors]


async def topics() -> dict[str, int]:
    """How many practices the reader finds under each topic."""
    counted = await select(
        "select t.topic, count(*) as n from shared_practice s, jsonb_array_elements_text(s.topics) as t(topic) group by 1"
    )
    return {row["topic"]: row["n"] for row in counted}


async def comments_on(practice: UUID) -> list[PracticeComment]:
    """What the reader may read under a practice, the oldest first."""
    return await PracticeComment.filter(practice_id=practice).order_by("at", "id")


async def comment_by_id(practice: UUID, comment: UUID) -> PracticeComment:
    """One comment under a practice the reader may read. Raises DoesNotExist."""
    await shared_practice(practice)
    return await PracticeComment.get(id=comment, practice_id=practice)


async def reported_by(actor: Actor, comments: Iterable[UUID]) -> set[UUID]:
    """Which of these comments the person reported already."""
    rows = CommentReport.filter(comment_id__in=list(comments), person_id=actor.person_id)
    return {row.comment_id for row in await rows}


async def adoption_of(actor: Actor, practice: UUID) -> PracticeAdoption | None:
    """The organisation's adoption that stands, if any."""
    return await PracticeAdoption.get_or_none(
        organisation_id=actor.organisation_id, practice_id=practice, ended_at=None
    )


async def adopted_by(actor: Actor) -> set[UUID]:
    """The practices the organisation took up and did not take back."""
    rows = PracticeAdoption.filter(organisation_id=actor.organisation_id, ended_at=None)
    return {row.practice_id for row in await rows}


async def shared_levers(questionnaire: str) -> list[dict[str, Any]]:
    """Levers that the reader's networks propose for a questionnaire: id, content as it is stored, the network's name."""
    sql = (
        "select l.id, l.content, n.name as network from network_lever l join network n on n.id = l.network_id "
        "where l.questionnaire = $1 and l.state = 'published' order by l.id"
    )
    return await select(sql, questionnaire)


async def told_elsewhere(actor: Actor, questionnaire: str) -> list[dict[str, Any]]:
    """The practices that others share on a questionnaire, the newest first: as stored, with the name of the network."""
    sql = (
        "select s.id, s.content, s.locale, s.adopters, s.organisation_name, n.name as network from shared_practice s "
        "join network n on n.id = s.network_id where s.topics @> to_jsonb($2::text) "
        "and s.id not in (select id from practice where organisation_id = $1) order by s.published_at desc, s.id desc"
    )
    return await select(sql, actor.organisation_id, questionnaire)


# --- what the staff moderates ---------------------------------------------------------------------------------------


async def waiting(actor: NetworkActor) -> list[PracticeVersion]:
    """Proposed versions, the oldest first, with their practice and its organisation."""
    rows = PracticeVersion.filter(network_id=actor.network_id, state=VersionState.PROPOSED)
    return await rows.select_related("practice__organisation").order_by("proposed_at", "id")


async def version_to_judge(
    actor: NetworkActor, practice: UUID, number: int, *, locked: bool = False
) -> PracticeVersion:
    """One version that left its author, with its practice and its organisation. Raises DoesNotExist."""
    rows = PracticeVersion.filter(network_id=actor.network_id, practice_id=practice, number=number)
    rows = rows.exclude(state=VersionState.DRAFT)
    if locked:
        await rows.select_for_update().get()
    return await rows.select_related("practice__organisation").get()


async def shared_in(actor: NetworkActor) -> list[SharedPractice]:
    """Everything the network shares now, the newest first."""
    return await SharedPractice.filter(network_id=actor.network_id).order_by("-published_at", "-id")


async def open_reports(actor: NetworkActor) -> list[CommentReport]:
    """Reports nobody settled, the oldest first, with their comments."""
    rows = CommentReport.filter(network_id=actor.network_id, settled_at=None)
    return await rows.select_related("comment").order_by("at", "id")


async def levers_of(actor: NetworkActor) -> list[NetworkLever]:
    """Every lever of the network, the last written first."""
    return await NetworkLever.filter(network_id=actor.network_id).order_by("-written_at", "-id")


async def lever_by_id(actor: NetworkActor, lever: UUID, *, locked: bool = False) -> NetworkLever:
    """One lever of the network. Raises DoesNotExist."""
    rows = NetworkLever.filter(network_id=actor.network_id, id=lever)
    return await (rows.select_for_update() if locked else rows).get()


async def groups_behind(day: date) -> list[dict[str, Any]]:
    """For the worker: who had adopted what before `day`. Rows: practice, group, the network's k, the figure told now.

    Verified members count, by legal group, a parent and its units once; throw-away copies never do.
    """
    sql = (
        "select s.id as practice, s.adopters, n.k, array_remove(array_agg(case when a.id is not null then "
        "coalesce(k.parent_id::text, nullif(o.legal_group, ''), o.id::text) end), null) as groups "
        "from shared_practice s join network n on n.id = s.network_id "
        "left join practice_adoption a on a.practice_id = s.id and a.adopted_at < $1::date "
        "and (a.ended_at is null or a.ended_at >= $1::date) "
        "and exists (select from network_member m join organisation p on p.id = m.organisation_id and p.sandbox_until is null "
        "where m.network_id = s.network_id and m.organisation_id = a.organisation_id and m.verified_at is not null "
        "and m.joined_on < $1::date and (m.left_on is null or m.left_on >= $1::date)) "
        "left join organisation o on o.id = a.organisation_id "
        "left join lateral (select u.parent_id from unit u where u.left_at is null and o.id in (u.organisation_id, u.parent_id) "
        "order by 1 limit 1) k on true group by s.id, s.adopters, n.k"
    )
    return await select(sql, day)


async def hidden_comments(actor: NetworkActor) -> list[PracticeComment]:
    """Comments the staff hid, the last hidden first."""
    rows = PracticeComment.filter(network_id=actor.network_id, hidden_at__isnull=False)
    return await rows.order_by("-hidden_at")
