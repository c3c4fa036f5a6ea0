"""Who is asked to answer a round, everybody's own answers, and what was agreed on.

Whose answers may be read is decided by the database (migration 0021): one's own; others' where one has answered too;
everybody's once the answers are opened.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.respondents.rules import Rhythm
from palier.scoring.rules.answers import State


class Decision(StrEnum):
    """What became of a colleague's opinion."""

    NONE = ""
    TAKEN = "taken"
    SET_ASIDE = "set aside"


class Response(Model):
    """One person's own answer to one criterion of an individual round: theirs alone until others have answered it too.

    The columns are those of an answer, by the same names (`save_response` relies on it).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="responses")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    person_id = fields.UUIDField()
    state = fields.CharEnumField(State, max_length=10)
    level = fields.SmallIntField(null=True)
    value: Any = fields.JSONField(null=True)
    reason = fields.CharField(max_length=500, default="")
    rationale = fields.TextField(default="")
    evidence_grade = fields.CharField(max_length=20, default="none")
    evidence = fields.TextField(default="")
    evidence_link = fields.CharField(max_length=1000, default="")
    to_review = fields.BooleanField(default=False)
    revision = fields.IntField(default=1)
    updated_by = fields.UUIDField()
    updated_name = fields.CharField(max_length=120, default="")
    updated_at = fields.DatetimeField()

    class Meta:
        table = table_description = "response"
        unique_together = (("assessment", "code", "person_id"),)


class ResponseEvent(Model):
    """One saved change of one person's own answer: append-only, and as private as the answer."""

    op = fields.UUIDField(primary_key=True)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="response_events")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    revision = fields.IntField()
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    at = fields.DatetimeField()
    before = fields.JSONField(null=True)
    after = fields.JSONField()
    source = fields.CharField(max_length=200, default="", db_default="")  # as of an answer's change

    class Meta:
        table = table_description = "response_event"
        indexes = (("assessment_id", "code", "person_id", "revision"),)


class ResponseGiven(Model):
    """That somebody has answered a criterion, and not what: everybody's progress, and the key to others' answers."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="responses_given")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    standing = fields.BooleanField(default=True)  # false once taken back; what was seen stays seen
    at = fields.DatetimeField()

    class Meta:
        table = table_description = "response_given"
        unique_together = (("assessment", "code", "person_id"),)


class Respondent(Model):
    """Somebody asked to answer a round, and in which role; roles weigh equally (docs/method.md#respondents)."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="respondents")
    assessment_id: UUID
    person_id = fields.UUIDField()
    voice = fields.CharField(
        max_length=60, default=""
    )  # the role they answer in, in the organisation's words
    due_on: date | None = fields.DateField(null=True)
    asked_at = fields.DatetimeField()

    class Meta:
        table = table_description = "respondent"
        unique_together = (("assessment", "person_id"),)


class Assignment(Model):
    """A section, or one criterion, that somebody is asked to answer: it guides and restricts nothing.

    Whoever has a `Respondent` row and no assignment is asked everything.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="assignments")
    assessment_id: UUID
    person_id = fields.UUIDField()
    code = fields.CharField(max_length=30)  # of an element or of a criterion
    assigned_at = fields.DatetimeField()

    class Meta:
        table = table_description = "assignment"
        unique_together = (("assessment", "person_id", "code"),)


class Expected(Model):
    """Somebody invited to answer a round who has not joined yet.

    When the invitation is accepted, the database makes a respondent with these assignments of it (migration 0022).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="expected")
    assessment_id: UUID
    email = fields.CharField(max_length=254)  # lower case, as the invitation's
    voice = fields.CharField(max_length=60, default="")
    due_on: date | None = fields.DateField(null=True)
    codes: Any = fields.JSONField(default=list)
    asked_at = fields.DatetimeField()

    class Meta:
        table = table_description = "expected_respondent"
        unique_together = (("assessment", "email"),)


class ReminderPlan(Model):
    """When a round's respondents are reminded; without a row, never."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="reminder_plans")
    assessment_id: UUID
    rhythm = fields.CharEnumField(Rhythm, max_length=10, default=Rhythm.OFF)
    days = fields.SmallIntField(default=7)  # before the date; says nothing elsewhere

    class Meta:
        table = table_description = "reminder_plan"


class RoundReminder(Model):
    """One reminder of one round to one person: asked for once an occasion, written at most once."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="round_reminders")
    assessment_id: UUID
    person_id = fields.UUIDField()
    occasion = fields.DateField()  # the Monday, the day of the plan, or the day somebody pressed the button
    asked_by = fields.UUIDField(null=True)  # nobody: the plan asked
    asked_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)  # when the letter was written, or found to be unwanted

    class Meta:
        table = table_description = "round_reminder"
        unique_together = (("assessment", "person_id", "occasion"),)


class Agreement(Model):
    """What was agreed on for one criterion of an individual round: why, who keeps another view, and what everybody had said."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="agreements")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    reason = fields.TextField(default="")
    dissent: Any = fields.JSONField(default=list)  # [{"person": id, "name": …, "words": …}]
    voices: Any = fields.JSONField(default=list)  # everybody's answer as it stood, with its role
    revision = fields.IntField()  # of the agreed answer
    in_one_go = fields.BooleanField(default=False)
    agreed_by = fields.UUIDField()
    agreed_name = fields.CharField(max_length=120)
    agreed_at = fields.DatetimeField()

    class Meta:
        table = table_description = "agreement"
        indexes = (("assessment_id", "code"),)


class AskedLink(Model):
    """A time-limited address that opens one criterion of one round to a colleague without an account.

    Only the fingerprint of its code is kept. The row carries all its holder may see: nothing else is read for them.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    organisation_name = fields.CharField(max_length=160)
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="asked_links")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    round_name = fields.CharField(max_length=120)
    questionnaire = fields.CharField(max_length=24)
    version = fields.CharField(max_length=20)
    definition_hash = fields.CharField(max_length=64)
    alone = fields.BooleanField(default=False)  # everybody answers alone: what is said is the asker's
    fingerprint = fields.CharField(max_length=64, unique=True)
    guest = fields.CharField(max_length=80)
    note = fields.CharField(max_length=500, default="")
    mailed = fields.BooleanField(default=False)
    mandate_id = fields.UUIDField(null=True)  # a consultant's link ends with their mandate
    asked_by = fields.UUIDField()
    asked_name = fields.CharField(max_length=120)
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    closes_at = fields.DatetimeField(
        null=True
    )  # from then on it is too late: the round's last day, or its submission
    revoked_at = fields.DatetimeField(null=True)
    decision = fields.CharEnumField(Decision, max_length=10, default=Decision.NONE)
    decided_revision = fields.IntField(default=0)  # of the opinion that was decided about
    decided_name = fields.CharField(max_length=120, default="")
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "asked_link"
        indexes = (("assessment_id", "code"),)


class AskedOpinion(Model):
    """What the holder of a link says of its criterion: all they can write. `revision` 0: nothing yet."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    link = fields.OneToOneField("palier.AskedLink", related_name="opinion")
    link_id: UUID
    organisation_id = fields.UUIDField()
    opened_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(State, max_length=10, default=State.BLANK)
    level = fields.SmallIntField(null=True)
    value: Any = fields.JSONField(null=True)
    reason = fields.CharField(max_length=500, default="")
    rationale = fields.TextField(default="")
    revision = fields.IntField(default=0)
    given_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "asked_opinion"


async def own_response(assessment_id: UUID, code: str, person: UUID) -> Response | None:
    """What `person` answered to one criterion, None when they have not touched it."""
    return await Response.filter(assessment_id=assessment_id, code=code, person_id=person).first()


async def own_responses(assessment_id: UUID, person: UUID) -> dict[str, Response]:
    """What `person` answered, by criterion code."""
    rows = await Response.filter(assessment_id=assessment_id, person_id=person)
    return {row.code: row for row in rows}


async def own_changes(assessment_id: UUID, code: str, person: UUID) -> list[dict[str, Any]]:
    """The last changes of one's own answer as plain data without free text, newest first."""
    rows = await select("select response_history($1, $2, $3) as changes", assessment_id, code, person)
    changes: list[dict[str, Any]] = json.loads(rows[0]["changes"])
    return changes


async def own_events(assessment_id: UUID, codes: Iterable[str], person: UUID) -> list[ResponseEvent]:
    """Every saved change of one's own answers to `codes`."""
    rows = ResponseEvent.filter(assessment_id=assessment_id, code__in=list(codes), person_id=person)
    return await rows


async def responses_to(assessment_id: UUID, code: str | None = None) -> list[Response]:
    """The answers the database lets the asking person read, to one criterion or to all; by name."""
    rows = Response.filter(assessment_id=assessment_id).exclude(state=State.BLANK)
    return await (rows.filter(code=code) if code else rows).order_by("updated_name", "person_id")


async def respondents_of(assessment_id: UUID) -> dict[UUID, Respondent]:
    """Who is asked to answer a round, by person."""
    return {row.person_id: row for row in await Respondent.filter(assessment_id=assessment_id)}


async def given_to(assessment_id: UUID) -> list[ResponseGiven]:
    """Who has answered which criterion: never what."""
    return await ResponseGiven.filter(assessment_id=assessment_id, standing=True).order_by("person_name")


async def agreements_of(*assessment_ids: UUID) -> dict[str, Agreement]:
    """The last agreement on each criterion, in one state of a round or in several."""
    rows = await Agreement.filter(assessment_id__in=assessment_ids).order_by("agreed_at", "revision")
    return {row.code: row for row in rows}


async def asked_links(assessment_id: UUID, code: str | None = None) -> list[AskedLink]:
    """The links made in a round, for one criterion or for all, the newest first."""
    rows = AskedLink.filter(assessment_id=assessment_id)
    return await (rows.filter(code=code) if code else rows).order_by("-asked_at", "-id")


async def asked_link(assessment_id: UUID, link: UUID, *, locked: bool = False) -> AskedLink:
    """One link of a round. Raises DoesNotExist."""
    rows = AskedLink.filter(assessment_id=assessment_id)
    return await (rows.select_for_update() if locked else rows).get(id=link)


async def opinions_behind(links: Iterable[UUID]) -> dict[UUID, AskedOpinion]:
    """What was said behind each of `links`, as far as the database shows it to the asking person."""
    return {row.link_id: row for row in await AskedOpinion.filter(link_id__in=list(links))}


async def held_link(fingerprint: str, at: datetime) -> AskedLink | None:
    """The link its holder came by, while it works. Call it for a `LinkHolder`."""
    return await AskedLink.get_or_none(fingerprint=fingerprint, revoked_at=None, expires_at__gt=at)


async def count_open_links(assessment_id: UUID, code: str, at: datetime) -> int:
    """Links to one criterion that work at that moment."""
    return await AskedLink.filter(
        assessment_id=assessment_id, code=code, revoked_at=None, expires_at__gt=at
    ).count()
