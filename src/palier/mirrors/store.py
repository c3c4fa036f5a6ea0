"""A mirror, its links, and the one way in and the one way out of what was answered.

Nobody reads `MirrorAnswer`, `MirrorGiven` or `MirrorBatch`: the web process and the worker have no right to them. The
database itself takes an answer in and tells figures of whole batches (migration 0023, docs/decisions/0014).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.scoring.rules.mirror import Audience


class Mirror(Model):
    """The themes of one round asked of several audiences, between two dates; `themes` and `scale` are kept as they were asked."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment: Any = fields.OneToOneField("palier.Assessment", related_name="mirror")
    assessment_id: UUID
    organisation_name = fields.CharField(max_length=160)  # all that who answers sees of it
    people_word = fields.CharField(max_length=20)
    themes: Any = (
        fields.JSONField()
    )  # [{"id": …, "element": …, "name": {locale: …}, "asks": {audience: {locale: …}}}]
    scale: Any = fields.JSONField()  # {locale: [five labels]}
    opens_on = fields.DateField()
    closes_on = fields.DateField()
    closed_at = fields.DatetimeField(null=True)
    created_by = fields.UUIDField()
    created_name = fields.CharField(max_length=120)
    created_at = fields.DatetimeField()

    class Meta:
        table = table_description = "mirror"

    def takes_answers(self, today: date) -> bool:
        """Whether its links may be answered on that day."""
        return self.closed_at is None and self.opens_on <= today <= self.closes_on


class MirrorLink(Model):
    """The public address of one audience. It is printed on posters, so its code is kept; it gives nothing but the questions."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    mirror: Any = fields.ForeignKeyField("palier.Mirror", related_name="links")
    mirror_id: UUID
    audience = fields.CharEnumField(Audience, max_length=20)
    code = fields.CharField(max_length=24)
    fingerprint = fields.CharField(max_length=64, unique=True)

    class Meta:
        table = table_description = "mirror_link"
        unique_together = (("mirror", "audience"),)


class MirrorAnswer(Model):
    """An answer that waits for four others: no name, no address, no time, and a number drawn at random. Erased with its batch."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    link: Any = fields.ForeignKeyField(
        "palier.MirrorLink", related_name="answers", on_delete=OnDelete.CASCADE
    )
    given: Any = fields.JSONField()  # points by theme

    class Meta:
        table = table_description = "mirror_answer"


class MirrorGiven(Model):
    """That a form was sent, so that it counts once: a fingerprint of the number its page drew at random."""

    id = fields.CharField(max_length=64, primary_key=True)
    link: Any = fields.ForeignKeyField("palier.MirrorLink", related_name="given", on_delete=OnDelete.CASCADE)

    class Meta:
        table = table_description = "mirror_given"


class MirrorBatch(Model):
    """Five answers added up: for each theme how many answered it, and their points in all."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    link: Any = fields.ForeignKeyField(
        "palier.MirrorLink", related_name="batches", on_delete=OnDelete.CASCADE
    )
    number = fields.IntField()
    sums: Any = fields.JSONField()  # {theme: [answers, points]}

    class Meta:
        table = table_description = "mirror_batch"
        unique_together = (("link", "number"),)


class Outcome(StrEnum):
    """What became of an answer that was sent."""

    GIVEN = "given"
    REPEATED = "repeated"
    """The very form was sent before: it counts once."""
    CLOSED = "closed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Figure:
    """What one audience answered to one theme, over whole batches: `answers` of them, worth `points` in all.

    The empty theme counts the people in whole batches: a multiple of five.
    """

    audience: Audience
    theme: str
    answers: int
    points: int


async def mirror_of(actor: Actor, assessment: UUID) -> Mirror | None:
    """The mirror of a round of the actor's organisation, None before there is one."""
    return await Mirror.filter(organisation_id=actor.organisation_id, assessment_id=assessment).first()


async def links_of(mirror: Mirror) -> dict[Audience, MirrorLink]:
    """The links of a mirror, customers first."""
    found = {row.audience: row for row in await MirrorLink.filter(mirror_id=mirror.id)}
    return {audience: found[audience] for audience in Audience if audience in found}


async def held(fingerprint: str) -> tuple[MirrorLink, Mirror] | None:
    """The link with this fingerprint and what it asks; None for a code that opens nothing. Call it as the holder."""
    link = await MirrorLink.filter(fingerprint=fingerprint).select_related("mirror").first()
    return (link, link.mirror) if link else None


async def give(op: UUID, points: Mapping[str, int], today: date) -> Outcome:
    """Take an answer in, as the holder of a link: `points` (0, 25, 50, 75 or 100) by theme, at least one."""
    sql = "select give_mirror_answer($1, $2::jsonb, $3) as outcome"
    rows = await select(sql, str(op), json.dumps(dict(points)), today)
    return Outcome(rows[0]["outcome"])


async def figures_of(mirror: Mirror) -> list[Figure]:
    """What may be told of the answers: figures of whole batches, none for fewer than five."""
    rows = await select("select * from mirror_figures($1)", mirror.id)
    return [Figure(Audience(row["audience"]), row["theme"], row["answers"], row["points"]) for row in rows]
