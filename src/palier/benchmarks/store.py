"""What members gave to a campaign, and the frozen editions made of it. Pages read release rows and nothing else."""

from tortoise import fields
from tortoise.models import Model

from palier.foundation.identifiers import new_id


class Contribution(Model):
    """A submitted, consented assessment waiting for its campaign to be sealed. Erased of scores afterwards."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="contributions")
    organisation_id = fields.UUIDField()
    assessment_id = fields.UUIDField()
    attributes = fields.JSONField()  # group, family, sector, size, country, legal_kind as declared when given
    scores = fields.JSONField(null=True)  # {variable: "62.4" or null}; null once sealed
    given_at = fields.DatetimeField()

    class Meta:
        table = table_description = "contribution"
        unique_together = (("campaign", "organisation_id"),)


class Edition(Model):
    """One published, immutable set of figures of a network for one questionnaire."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="editions")
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="editions")
    name = fields.CharField(max_length=60)
    questionnaire = fields.CharField(max_length=10)
    major = fields.SmallIntField()
    k = fields.SmallIntField()
    published_on = fields.DateField()
    published_by = fields.UUIDField(null=True)
    hash = fields.CharField(max_length=64)
    previous_id = fields.UUIDField(null=True)

    class Meta:
        table = table_description = "edition"
        unique_together = (("campaign", "questionnaire"),)


class ReleaseRow(Model):
    """A published figure of one cohort. `batches` stays on the server: a consultant's view needs it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    edition = fields.ForeignKeyField("palier.Edition", related_name="rows")
    network_id = fields.UUIDField()
    cohort = fields.CharField(max_length=200)  # canonical key, "" = the whole network
    variable = fields.CharField(max_length=30)
    n_band = fields.CharField(max_length=20)
    p10 = fields.SmallIntField(null=True)
    q1 = fields.SmallIntField(null=True)
    median = fields.SmallIntField(null=True)
    q3 = fields.SmallIntField(null=True)
    p90 = fields.SmallIntField(null=True)
    batches = fields.JSONField()

    class Meta:
        table = table_description = "release_row"
        unique_together = (("edition", "cohort", "variable"),)


class BatchMember(Model):
    """Which sealed batch an organisation is in: kept for sticky campaigns; never a score."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    edition = fields.ForeignKeyField("palier.Edition", related_name="batch_members")
    network_id = fields.UUIDField()
    batch = fields.IntField()
    organisation_id = fields.UUIDField()
    attributes = fields.JSONField()

    class Meta:
        table = table_description = "batch_member"
        unique_together = (("edition", "organisation_id"),)
