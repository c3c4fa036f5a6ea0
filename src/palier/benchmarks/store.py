"""What members gave to a campaign, and the frozen editions made of it. Pages read release rows and nothing else."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.assessments.store import Campaign, Participation
from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.database import one_at_a_time, select
from palier.foundation.identifiers import new_id
from palier.foundation.rows import columns, row_in
from palier.network.store import Network, NetworkMember, Organisation, as_confirmed


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
    network: Any = fields.ForeignKeyField("palier.Network", related_name="editions")
    network_id: UUID
    campaign: Any = fields.ForeignKeyField("palier.Campaign", related_name="editions")
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
    corrects_id = fields.UUIDField(null=True)  # of an erratum: the edition it replaces, over the same batches
    reason = fields.CharField(
        max_length=500, default="", db_default=""
    )  # of an erratum: what it corrects and why

    class Meta:
        table = table_description = "edition"

    @property
    def seated_in(self) -> UUID:
        """The edition whose seats are this one's: an erratum sits in the batches of what it corrects."""
        return self.corrects_id or self.id


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


class EditionDraft(Model):
    """A campaign sealed and computed, not published yet. There is one at most, and its batches are for good."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign = fields.OneToOneField("palier.Campaign", related_name="draft")
    campaign_id: UUID
    k = fields.SmallIntField()
    priority = fields.JSONField()
    hash = fields.CharField(max_length=64)
    checks: Any = fields.JSONField()  # rules.checks.Checks as plain data: counts and bands, no figure
    sealed_at = fields.DatetimeField()
    asked_by = fields.UUIDField(null=True)
    set_aside_at = fields.DatetimeField(null=True)  # its figures are erased then; its batches stay
    variables: Any = fields.JSONField(default=list, db_default=[])  # in the order its cells number them

    class Meta:
        table = table_description = "edition_draft"


class DraftRow(Model):
    """A figure that would be published. The web process reads it through `draft_figures` only, for one preview."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    draft = fields.ForeignKeyField("palier.EditionDraft", related_name="rows")
    draft_id: UUID
    network_id = fields.UUIDField()
    cohort = fields.CharField(max_length=200)
    variable = fields.CharField(max_length=30)
    n_band = fields.CharField(max_length=20)
    p10 = fields.SmallIntField(null=True)
    q1 = fields.SmallIntField(null=True)
    median = fields.SmallIntField(null=True)
    q3 = fields.SmallIntField(null=True)
    p90 = fields.SmallIntField(null=True)
    batches = fields.JSONField()

    class Meta:
        table = table_description = "draft_row"
        unique_together = (("draft", "cohort", "variable"),)


class DraftSeat(Model):
    """Which batch of a draft an organisation is in; never a score."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    draft = fields.ForeignKeyField("palier.EditionDraft", related_name="seats")
    draft_id: UUID
    network_id = fields.UUIDField()
    batch = fields.IntField()
    organisation_id = fields.UUIDField()
    legal_group = fields.CharField(max_length=120)
    attributes = fields.JSONField()

    class Meta:
        table = table_description = "draft_seat"
        unique_together = (("draft", "organisation_id"),)


class BatchCell(Model):
    """How many of one batch gave each tenth of a point, by variable (rules.cells.Cells.stored): the worker's alone."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign: Any = fields.ForeignKeyField("palier.Campaign", related_name="cells")
    campaign_id: UUID
    batch = fields.IntField()
    cells = fields.BinaryField()

    class Meta:
        table = table_description = "batch_cell"
        unique_together = (("campaign", "batch"),)


class ReleaseText(Model):
    """The rows of one cohort of an edition as its fingerprint reads them (rules.fingerprint.Told): the worker's alone."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    edition: Any = fields.ForeignKeyField("palier.Edition", related_name="texts")
    edition_id: UUID
    cohort = fields.CharField(max_length=200)
    batches = fields.TextField()
    lines = fields.TextField()

    class Meta:
        table = table_description = "release_text"
        unique_together = (("edition", "cohort"),)


class Correction(Model):
    """A member says that a later round corrects what it gave to a campaign, and why."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign = fields.ForeignKeyField("palier.Campaign", related_name="corrections")
    campaign_id: UUID
    organisation_id = fields.UUIDField()
    assessment_id = fields.UUIDField()  # the round that holds from now on
    reason = fields.CharField(max_length=500)
    said_by = fields.UUIDField()
    said_name = fields.CharField(max_length=120)
    said_at = fields.DatetimeField()

    class Meta:
        table = table_description = "correction"
        unique_together = (("campaign", "organisation_id", "assessment_id"),)


async def editions_for(actor: Actor, questionnaire: str, major: int) -> list[Edition]:
    """The editions the organisation may read, newest first: as a verified member, or of invented data; with their networks
    and campaigns."""
    sql = (
        f"select {columns(Edition, 'e')}, {columns(Network, 'n')}, {columns(Campaign, 'c')} from edition e "  # noqa: S608  (columns of ours)
        "join network n on n.id = e.network_id join campaign c on c.id = e.campaign_id "
        "join network_member m on m.network_id = n.id and m.organisation_id = $1 and m.left_on is null "
        "where (m.verified_at is not null or n.fictive) and e.questionnaire = $2 and e.major = $3 "
        "order by e.published_on desc, e.id desc"
    )
    found = []
    for row in await select(sql, actor.organisation_id, questionnaire, major):
        edition = row_in(Edition, row, "e")
        edition.network, edition.campaign = row_in(Network, row, "n"), row_in(Campaign, row, "c")
        found.append(edition)
    return found


async def viewpoint_of(actor: Actor) -> dict[str, Any]:
    """Where a reader looks from: the organisation's attributes, and the organisations `known` to the person.

    Known are those whose scores the person has read or may read: as a member, by a mandate, ended or not, as a parent's
    units, or in a territory group.
    """
    sql = (
        "select o.sector, o.size, o.country, o.legal_kind, array(select organisation_id from mandate where consultant_id = $2 "
        "union select organisation_id from membership where person_id = $2 union select known_through_structures()) as known "
        "from organisation o where o.id = $1"
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


# --- drafts: sealed, computed, not published ---------------------------------------------------------------------------


async def hold(campaign_id: UUID) -> None:
    """One at a time until the transaction ends: sealing a campaign, and answering about its benchmark."""
    await one_at_a_time(f"campaign {campaign_id}")


async def is_published(campaign: Campaign) -> bool:
    """Whether the campaign has its edition."""
    return await Edition.exists(campaign_id=campaign.id, questionnaire=campaign.questionnaire)


async def is_sealed(campaign_id: UUID) -> bool:
    """Whether nothing given to the campaign moves any more."""
    return await EditionDraft.exists(campaign_id=campaign_id)


async def last_unpublished_draft(campaign: Campaign) -> EditionDraft | None:
    """The last draft of another campaign on the same questionnaire, if it is newer than every edition."""
    drafts = EditionDraft.filter(
        network_id=campaign.network_id, campaign__questionnaire=campaign.questionnaire, campaign__major=campaign.major
    )  # fmt: skip
    draft = await drafts.exclude(campaign_id=campaign.id).order_by("-sealed_at").first()
    return None if draft is None or await Edition.exists(campaign_id=draft.campaign_id) else draft


async def draft_seats(draft: EditionDraft) -> list[dict[str, Any]]:
    """Who is in which batch of a draft; never sent to a browser."""
    sql = "select batch, organisation_id, legal_group, attributes from draft_seat where draft_id = $1"
    return [row | {"attributes": json.loads(row["attributes"])} for row in await select(sql, draft.id)]


async def draft_rows(draft: EditionDraft, cohorts: Iterable[str]) -> list[dict[str, Any]]:
    """The figures of some cohorts of a draft, for a preview by the network's staff; nothing for anybody else."""
    rows = await select("select * from draft_figures($1, $2)", draft.id, list(cohorts))
    return [row | {"batches": tuple(json.loads(row["batches"]))} for row in rows]


async def erase_draft(draft: EditionDraft) -> None:
    """What the edition holds now."""
    await DraftRow.filter(draft_id=draft.id).delete()
    await DraftSeat.filter(draft_id=draft.id).delete()


async def unwilling(campaign: Campaign) -> set[UUID]:
    """Organisations whose last answer in time was no: the worker's query, nobody else may ask it."""
    sql = (
        "select organisation_id from (select distinct on (organisation_id) organisation_id, given from consent "
        "where campaign_id = $1 and in_time order by organisation_id, said_at desc, id desc) last where not given"
    )
    return {row["organisation_id"] for row in await select(sql, campaign.id)}


# --- corrections: said by members, taken by errata ---------------------------------------------------------------------


async def corrections_of(edition: Edition) -> list[Correction]:
    """What members corrected of what they had given to an edition's campaign, oldest first."""
    return await Correction.filter(campaign_id=edition.campaign_id).order_by("said_at", "id")


async def rounds_given(campaign: Campaign, organisations: Iterable[UUID]) -> dict[UUID, UUID]:
    """The round each of these organisations contributed: the worker's query."""
    given = Contribution.filter(campaign_id=campaign.id, organisation_id__in=list(organisations))
    rows = await given.values("organisation_id", "assessment_id")
    return {row["organisation_id"]: row["assessment_id"] for row in rows}


# --- what the staff reads of an edition -------------------------------------------------------------------------------


async def known_to(actor: NetworkActor) -> set[str]:
    """The organisations whose scores this person of the staff may read or could once, elsewhere: mandates, memberships."""
    sql = (
        "select organisation_id from mandate where consultant_id = $1 "
        "union select organisation_id from membership where person_id = $1 "
        "union select known_through_structures() as organisation_id"
    )
    return {str(row["organisation_id"]) for row in await select(sql, actor.person_id)}


async def own_corrections(actor: Actor, campaign_id: UUID) -> list[Correction]:
    """What the organisation corrected of what it gave to a campaign, newest first."""
    found = Correction.filter(organisation_id=actor.organisation_id, campaign_id=campaign_id)
    return await found.order_by("-said_at", "-id")
