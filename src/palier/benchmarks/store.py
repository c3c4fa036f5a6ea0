"""What members gave to a campaign, and the frozen editions made of it. Pages read release rows and nothing else."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.assessments.store import Campaign, Participation
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.network.store import NetworkMember, Organisation, as_confirmed


class Contribution(Model):
    """A submitted, consented assessment waiting for its campaign to be sealed. Erased of scores afterwards."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="contributions")
    campaign_id: UUID
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
    network_id: UUID
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="editions")
    campaign_id: UUID
    name = fields.CharField(max_length=60)
    questionnaire = fields.CharField(max_length=24)
    major = fields.SmallIntField()
    k = fields.SmallIntField()
    priority = fields.JSONField()  # the dimensions, most important first
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
    edition_id: UUID
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
    edition_id: UUID
    network_id = fields.UUIDField()
    batch = fields.IntField()
    organisation_id = fields.UUIDField()
    legal_group = fields.CharField(max_length=120)
    attributes = fields.JSONField()

    class Meta:
        table = table_description = "batch_member"
        unique_together = (("edition", "organisation_id"),)


async def editions_for(actor: Actor, questionnaire: str, major: int) -> list[Edition]:
    """The editions the organisation may read, newest first, with their networks: as a verified member, or of invented data."""
    sql = (
        "select e.id from edition e join network n on n.id = e.network_id "
        "join network_member m on m.network_id = n.id and m.organisation_id = $1 and m.left_on is null "
        "where (m.verified_at is not null or n.fictive) and e.questionnaire = $2 and e.major = $3"
    )
    rows = await select(sql, actor.organisation_id, questionnaire, major)
    found = Edition.filter(id__in=[row["id"] for row in rows]) if rows else Edition.filter(id=None)
    return await found.select_related("network").order_by("-published_on", "-id")


async def viewpoint_of(actor: Actor) -> dict[str, Any]:
    """Where a reader looks from: the organisation's sector, size and country, and the organisations `known` to the person.

    Known are those whose scores the person has read or may read: as a member, or by a mandate, ended or not.
    """
    sql = (
        "select o.sector, o.size, o.country, array(select organisation_id from mandate where consultant_id = $2 "
        "union select organisation_id from membership where person_id = $2) as known from organisation o where o.id = $1"
    )
    rows = await select(sql, actor.organisation_id, actor.person_id)
    return rows[0]


async def verified_members(network_id: UUID) -> list[Organisation]:
    """The organisations that count in a network, as its staff confirmed them: verified, not gone, no throw-away copy;
    in order of name."""
    found = Organisation.filter(networks__network_id=network_id, networks__left_on=None, sandbox_until=None)
    return await as_confirmed(network_id, await found.exclude(networks__verified_at=None).order_by("name"))


async def editions_of(network_id: UUID) -> list[Edition]:
    """A network's editions, newest first."""
    return await Edition.filter(network_id=network_id).order_by("-published_on", "-id")


async def rows_of(edition: Edition, cohorts: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """The release rows of an edition, of the cohorts named or of all."""
    sql = "select cohort, variable, n_band, p10, q1, median, q3, p90, batches from release_row where edition_id = $1"
    rows = (
        await select(sql, edition.id)
        if cohorts is None
        else await select(f"{sql} and cohort = any($2)", edition.id, list(cohorts))
    )
    return [row | {"batches": tuple(json.loads(row["batches"]))} for row in rows]


async def cohorts_of(edition: Edition) -> list[str]:
    """The keys of the cohorts an edition publishes."""
    rows = await select("select distinct cohort from release_row where edition_id = $1", edition.id)
    return [row["cohort"] for row in rows]


async def seats_of(edition: Edition) -> list[dict[str, Any]]:
    """Who is in which batch of an edition; never sent to a browser."""
    sql = "select batch, organisation_id, legal_group, attributes from batch_member where edition_id = $1"
    return [row | {"attributes": json.loads(row["attributes"])} for row in await select(sql, edition.id)]


# --- what a network's staff may know: who takes part and how far they are, never an answer or a score --------------------


async def members_of_network(network_id: UUID) -> list[NetworkMember]:
    """The members of a network, verified or not, with their organisations, in order of name."""
    rows = NetworkMember.filter(network_id=network_id, left_on=None, organisation__sandbox_until=None)
    return await rows.select_related("organisation").order_by("organisation__name")


async def campaigns_of(network_id: UUID) -> list[Campaign]:
    """A network's campaigns, the last to close first."""
    return await Campaign.filter(network_id=network_id).order_by("-closes_on", "-opens_on")


async def campaign_of(network_id: UUID, campaign_id: UUID) -> Campaign:
    """One campaign of a network. Raises DoesNotExist."""
    return await Campaign.get(id=campaign_id, network_id=network_id)


async def participations_in(campaign: Campaign) -> dict[UUID, Participation]:
    """Who opened a round for the campaign and who submitted it, by organisation."""
    rows = await Participation.filter(campaign_id=campaign.id, network_id=campaign.network_id)
    return {row.organisation_id: row for row in rows}
