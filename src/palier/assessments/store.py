"""Campaigns, assessments, answers and their history. Every query starts from an actor."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class AssessmentState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"


class AnswerState(StrEnum):
    """Blank is the absence of a row, or a row whose answer was taken back."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "na"
    DONT_KNOW = "dk"
    BLANK = "blank"


class UsedDefinition(Model):
    """A questionnaire version some assessment used: kept whole, so that its results can be computed again for ever."""

    hash = fields.CharField(max_length=64, primary_key=True)
    questionnaire = fields.CharField(max_length=10)
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
    name = fields.CharField(max_length=120)
    questionnaire = fields.CharField(max_length=10)
    major = fields.SmallIntField()
    opens_on = fields.DateField()
    closes_on = fields.DateField()

    class Meta:
        table = table_description = "campaign"


class Assessment(Model):
    """One organisation's round on one questionnaire version. Submitted is frozen."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="assessments")
    slug = fields.CharField(max_length=80)
    name = fields.CharField(max_length=120)  # the round, e.g. "2026"
    questionnaire = fields.CharField(max_length=10)
    version = fields.CharField(max_length=20)
    definition_hash = fields.CharField(max_length=64)
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="assessments", null=True)
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
    result = fields.JSONField(null=True)  # palier.scoring.rules.to_plain, exact
    result_hash = fields.CharField(max_length=64, default="")
    engine_version = fields.CharField(max_length=20, default="")
    audit_head = fields.CharField(max_length=64, default="")

    class Meta:
        table = table_description = "assessment"
        unique_together = (("organisation", "slug"),)


class Answer(Model):
    """The agreed answer to one criterion, with the revision an editor must name to change it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="answers")
    code = fields.CharField(max_length=30)
    state = fields.CharEnumField(AnswerState, max_length=10)
    level = fields.SmallIntField(null=True)  # 1-5 when answered
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


class AnswerEvent(Model):
    """One saved change of one answer: append-only; `op` makes a repeated request harmless."""

    op = fields.UUIDField(primary_key=True)
    organisation_id = fields.UUIDField()
    assessment = fields.ForeignKeyField("palier.Assessment", related_name="events")
    code = fields.CharField(max_length=30)
    revision = fields.IntField()
    person_id = fields.UUIDField()
    person_name = fields.CharField(max_length=120)
    at = fields.DatetimeField()
    before = fields.JSONField(null=True)
    after = fields.JSONField()

    class Meta:
        table = table_description = "answer_event"
        indexes = (("assessment_id", "code", "revision"),)


class Participation(Model):
    """What a network's staff may know of a member's round: that it exists and where it stands, never an answer."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="participations")
    organisation_id = fields.UUIDField()
    started_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "participation"
        unique_together = (("campaign", "organisation_id"),)
