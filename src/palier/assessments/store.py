"""Campaigns, assessments, answers and their history. Every query starts from an actor."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import DoesNotExist
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from palier.assessments.rules.progress import Standing
from palier.foundation.actor import Actor
from palier.foundation.database import once, select
from palier.foundation.frozen_json import frozen_json
from palier.foundation.identifiers import new_id
from palier.foundation.rows import columns, row_in
from palier.questionnaires.rules import Questionnaire
from palier.respondents.store import Response


class Unknown(DoesNotExist):
    """An address or a form names a round, a section or a criterion that is not there: a page not found."""


class AssessmentState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"
    """Submitted, and replaced since by a state submitted after a reopening; kept whole."""
    GIVEN_UP = "given_up"
    """A reopening that was given up before it was submitted: no list names it, its address still opens."""


class Mode(StrEnum):
    """How a round is answered."""

    TOGETHER = "together"
    """One shared answer to each criterion, from the start."""
    INDIVIDUAL = "individual"
    """Everybody answers alone, then the answers are opened and agreed on."""


class AnswerState(StrEnum):
    """Blank is the absence of a row, or a row whose answer was taken back."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "na"
    DONT_KNOW = "dk"
    BLANK = "blank"


class UsedDefinition(Model):
    """A questionnaire version some assessment used: kept whole, so that its results can be computed again for ever."""

    hash = fields.CharField(max_length=64, primary_key=True)
    questionnaire = fields.CharField(max_length=24)
    version = fields.CharField(max_length=20)
    content = fields.JSONField()
    first_used_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "used_definition"
        unique_together = (("questionnaire", "version"),)


class Campaign(Model):
    """A network's call to answer one questionnaire between two dates."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="campaigns")
    network_id: UUID
    name = fields.CharField(max_length=120)
    questionnaire = fields.CharField(max_length=24)
    major = fields.SmallIntField()
    version = fields.CharField(
        max_length=20, default="", db_default=""
    )  # asked since its launch; empty: the newest of the major
    opens_on = fields.DateField()
    closes_on = fields.DateField()

    class Meta:
        table = table_description = "campaign"


class Assessment(Model):
    """One state of an organisation's round on one questionnaire version. Submitted is frozen.

    A round that is reopened gets a further state, which starts from the answers of the one it supersedes. That one
    holds until the further state is submitted (ADR 0016).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="assessments")
    organisation_id: UUID
    slug = fields.CharField(max_length=80)
    name = fields.CharField(max_length=120)  # the round, e.g. "2026"
    questionnaire = fields.CharField(max_length=24)
    version = fields.CharField(max_length=20)
    definition_hash = fields.CharField(max_length=64)
    scope: Any = fields.JSONField(default=list, db_default=[])  # dimensions chosen; empty: all
    mode = fields.CharEnumField(Mode, max_length=20, default=Mode.TOGETHER, db_default=Mode.TOGETHER.value)
    names_shown = fields.BooleanField(default=True, db_default=True)  # beside individual answers, once opened
    answers_opened_at = fields.DatetimeField(null=True)  # individual rounds: when consensus began
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="assessments", null=True)
    campaign_id: UUID | None
    opens_on = fields.DateField()
    closes_on = fields.DateField(null=True)
    state = fields.CharEnumField(AssessmentState, max_length=20, default=AssessmentState.DRAFT)
    created_by = fields.UUIDField()
    created_at = fields.DatetimeField(auto_now_add=True)
    submitted_at = fields.DatetimeField(null=True)
    submitted_by = fields.UUIDField(null=True)
    submitted_name = fields.CharField(max_length=120, default="")
    receipt = fields.CharField(max_length=20, default="")
    benchmark_consent = fields.BooleanField(null=True)
    result = fields.JSONField(null=True, decoder=frozen_json)  # palier.scoring.rules.to_plain, exact
    result_hash = fields.CharField(max_length=64, default="")
    engine_version = fields.CharField(max_length=20, default="")
    audit_head = fields.CharField(max_length=64, default="")
    supersedes = fields.ForeignKeyField("palier.Assessment", related_name="reopenings", null=True)
    supersedes_id: UUID | None
    origin_id: UUID | None = fields.UUIDField(null=True)  # the round's first state; None: this is it
    submission = fields.SmallIntField(
        default=1, db_default=1
    )  # which submission of the round this state is for
    reopened_reason = fields.CharField(max_length=500, default="", db_default="")
    reopened_name = fields.CharField(max_length=120, default="", db_default="")
    given_up_at = fields.DatetimeField(null=True)
    given_up_name = fields.CharField(max_length=120, default="", db_default="")

    class Meta:
        table = table_description = "assessment"
        unique_together = (("organisation", "slug"),)

    @property
    def round_id(self) -> UUID:
        """What all states of one round share: the id of the first."""
        return self.origin_id or self.id

    @property
    def blind(self) -> bool:
        """Whether everybody still answers alone."""
        return self.mode is Mode.INDIVIDUAL and self.answers_opened_at is None

    def respondent(self, actor: Actor) -> UUID | None:
        """Whose answers `actor` edits: their own while everybody answers alone, else None for the shared ones."""
        return actor.person_id if self.blind and self.state is AssessmentState.DRAFT else None


class Answer(Model):
    """The agreed answer to one criterion, with the revision an editor must name to change it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="answers")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    state = fields.CharEnumField(AnswerState, max_length=10)
    level = fields.SmallIntField(null=True)  # the rung, from 1; derived where there is a value
    value: Any = fields.JSONField(null=True)  # plain data, where the answer is no choice of a rung
    reason = fields.CharField(max_length=500, default="")  # why not applicable
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
        table = table_description = "answer"
        unique_together = (("assessment", "code"),)


Written = Answer | Response
"""What somebody wrote: the shared answer, or their own. The columns have the same names."""


class AnswerEvent(Model):
    """One saved change of one answer: append-only; `op` makes a repeated request harmless."""

    op = fields.UUIDField(primary_key=True)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="events")
    assessment_id: UUID
    code = fields.CharField(max_length=30)
    revision = fields.IntField()
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    at = fields.DatetimeField()
    before = fields.JSONField(null=True)
    after = fields.JSONField()
    # The file it came from, empty for a form; the database fills it in from `app.source` (flows/importing.py).
    source = fields.CharField(max_length=200, default="", db_default="")

    class Meta:
        table = table_description = "answer_event"
        indexes = (("assessment_id", "code", "revision"),)


class Participation(Model):
    """What a network's staff may know of a member's round: that it exists and where it stands, never an answer."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="participations")
    campaign_id: UUID
    organisation_id = fields.UUIDField()
    started_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "participation"
        unique_together = (("campaign", "organisation_id"),)


class Consent(Model):
    """What an organisation answered when asked whether a round joins a network's benchmark. Never changed: a new answer is a new row."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    network_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="consents")
    assessment_id: UUID
    given = fields.BooleanField()
    in_time = fields.BooleanField(
        default=True
    )  # said before the campaign was sealed; else for the next one only
    version = fields.CharField(max_length=10)  # of the wording that was on the page
    wording_hash = fields.CharField(max_length=64)
    locale = fields.CharField(max_length=5)
    said_by = fields.UUIDField()
    said_name = fields.CharField(max_length=120)
    said_at = fields.DatetimeField()

    class Meta:
        table = table_description = "consent"


async def consents_of(assessment: Assessment) -> list[Consent]:
    """What was answered about the benchmark for a round, newest first."""
    return await Consent.filter(assessment_id=assessment.id).order_by("-said_at", "-id")


def visible_assessments(actor: Actor) -> QuerySet[Assessment]:
    """The organisation's rounds, newest first; of a round that was reopened every state that was not given up."""
    rounds = Assessment.filter(organisation_id=actor.organisation_id).exclude(state=AssessmentState.GIVEN_UP)
    return rounds.order_by("-opens_on", "-created_at")


async def assessment_by_slug(actor: Actor, slug: str) -> Assessment:
    """The round the address names. Raises DoesNotExist, for a stranger's round as for an unknown one."""
    return await Assessment.get(organisation_id=actor.organisation_id, slug=slug)


async def answers_of(assessment_id: UUID) -> dict[str, Answer]:
    """Answers by criterion code; a code without a row is blank, and so is a row whose answer was taken back."""
    return {row.code: row for row in await Answer.filter(assessment_id=assessment_id)}


async def submitted_rounds(actor: Actor, questionnaire: str) -> list[Assessment]:
    """Submitted rounds on `questionnaire` (any version), oldest first."""
    rounds = Assessment.filter(
        organisation_id=actor.organisation_id, questionnaire=questionnaire, state=AssessmentState.SUBMITTED
    )
    return await rounds.order_by("opens_on", "submitted_at")


async def last_submitted_elsewhere(actor: Actor, questionnaire: str) -> list[Assessment]:
    """The last submitted round on each questionnaire other than `questionnaire`, newest first."""
    rounds = Assessment.filter(
        organisation_id=actor.organisation_id, state=AssessmentState.SUBMITTED
    ).exclude(questionnaire=questionnaire)
    found = await rounds.order_by("-submitted_at").only(
        "id", "slug", "name", "questionnaire", "version", "definition_hash", "scope", "submitted_at", "state"
    )
    last: dict[str, Assessment] = {}
    for one in found:
        last.setdefault(one.questionnaire, one)
    return list(last.values())


async def rounds_beside(actor: Actor, slug: str) -> tuple[Assessment, list[Assessment]]:
    """The round `slug` and every submitted one on its questionnaire that holds, oldest first. Raises DoesNotExist."""
    sql = (
        f"select {columns(Assessment)} from assessment where organisation_id = $1 and questionnaire = (select questionnaire "  # noqa: S608
        "from assessment where organisation_id = $1 and slug = $2) order by opens_on, submitted_at"
    )
    found = [row_in(Assessment, row) for row in await select(sql, actor.organisation_id, slug)]
    for one in found:
        if one.slug == slug:
            return one, [row for row in found if row.state is AssessmentState.SUBMITTED]
    raise Unknown("assessment")


def before(assessment: Assessment, rounds: Sequence[Assessment]) -> Sequence[Assessment]:
    """Those of the submitted `rounds`, oldest first, that come before `assessment`: no state of its own round."""
    places = (place for place, one in enumerate(rounds) if one.round_id == assessment.round_id)
    return rounds[: next(places, len(rounds))]


async def states_of_round(assessment: Assessment) -> list[Assessment]:
    """Every state of the round, the first one first; those given up too."""
    if assessment.origin_id is None and assessment.state is AssessmentState.DRAFT:
        return [assessment]
    own = Q(id=assessment.round_id) | Q(origin_id=assessment.round_id)
    return await Assessment.filter(own, organisation_id=assessment.organisation_id).order_by(
        "submission", "created_at"
    )


async def states_up_to(assessment_id: UUID) -> list[UUID]:
    """Ids of the state and of those it supersedes."""
    return [row["id"] for row in await select("select states_up_to($1) as id", assessment_id)]


async def changed_since_reopening(state: Assessment) -> int:
    """How many answers of a reopened round are no longer what was submitted."""
    sql = (
        "select count(*) as n from answer new left join answer old on old.assessment_id = $2 and old.code = new.code "
        "where new.assessment_id = $1 and plain_answer(new) is distinct from plain_answer(old)"
    )
    (row,) = await select(sql, state.id, state.supersedes_id)
    return int(row["n"])


async def history_of(assessment_id: UUID, code: str) -> list[AnswerEvent]:
    """The saved changes of one answer, newest first; those in the states it supersedes too."""
    states = await states_up_to(assessment_id)
    return await AnswerEvent.filter(assessment_id__in=states, code=code).order_by("-revision")


async def events_of(assessment_id: UUID, codes: Iterable[str]) -> list[AnswerEvent]:
    """Every saved change of these answers; those in the states it supersedes too."""
    states = await states_up_to(assessment_id)
    return await AnswerEvent.filter(assessment_id__in=states, code__in=list(codes))


async def recent_changes(assessment_id: UUID, code: str) -> list[dict[str, Any]]:
    """The last changes of one answer as plain data without free text, newest first (`rules.history` reads them)."""
    rows = await select("select answer_history($1, $2) as changes", assessment_id, code)
    changes: list[dict[str, Any]] = json.loads(rows[0]["changes"])
    return changes


async def states_of(assessment_id: UUID) -> dict[str, Standing]:
    """Where every answer on record stands, by criterion code."""
    sql = "select code, state, to_review, level from answer where assessment_id = $1"
    rows = await select(sql, assessment_id)
    return {row["code"]: Standing(row["state"], row["to_review"], row["level"]) for row in rows}


async def answer_of(assessment_id: UUID, code: str) -> Answer | None:
    """The answer to one criterion, None when nobody touched it."""
    return await Answer.filter(assessment_id=assessment_id, code=code).first()


async def round_before(actor: Actor, assessment: Assessment) -> Assessment | None:
    """The round submitted last before `assessment` on the same questionnaire: its name and dates, not its result.

    For a state of a reopened round too, it is another round.
    """
    earlier = Assessment.filter(
        organisation_id=actor.organisation_id,
        questionnaire=assessment.questionnaire,
        state=AssessmentState.SUBMITTED,
    )
    rounds = await earlier.order_by("opens_on", "submitted_at").only(
        "id", "origin_id", "name", "opens_on", "submitted_at"
    )
    return next(iter(reversed(before(assessment, rounds))), None)


async def open_campaigns(actor: Actor, questionnaire: Questionnaire, today: date) -> list[Campaign]:
    """Campaigns that call the organisation for `questionnaire` on `today`, soonest to close first; none a throw-away copy."""
    calling = await once(("campaigns", actor.organisation_id, today), lambda: _calling(actor, today))
    asked = questionnaire.id, int(questionnaire.version.partition(".")[0])
    return [one for one in calling if (one.questionnaire, one.major) == asked]


async def _calling(actor: Actor, today: date) -> list[Campaign]:
    sql = (
        "select c.id from campaign c join network_member m on m.network_id = c.network_id and m.left_on is null "
        "join organisation o on o.id = m.organisation_id and o.sandbox_until is null "
        "where m.organisation_id = $1 and c.closes_on >= $2 and c.opens_on <= $2"
    )
    found = Campaign.filter(id__in=[row["id"] for row in await select(sql, actor.organisation_id, today)])
    return await found.prefetch_related("network").order_by("closes_on")
