"""What a network's staff keeps: plans of campaigns, what was sent, the directory, its look, files brought in, bulletins."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import DoesNotExist
from tortoise.models import Model

from palier.association.rules.vocabulary import folded
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.network.store import NetworkMember, RegisterEntry


class Unknown(DoesNotExist):
    """An address or a form names somebody or something that is not there for this reader: a page not found."""


class CampaignPlan(Model):
    """How a campaign is run: a draft until it is launched; then its Campaign has the same id."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="campaign_plans")
    network_id: UUID
    name = fields.CharField(max_length=60)
    questionnaire = fields.CharField(max_length=24)
    major = fields.SmallIntField()
    opens_on = fields.DateField()
    closes_on = fields.DateField()
    launched_at = fields.DatetimeField(null=True)
    messages: Any = fields.JSONField(
        default=dict, db_default={}
    )  # {kind: {locale: {subject, text}}}, changed ones only
    reminders: Any = fields.JSONField(default=list, db_default=[])  # ISO dates

    class Meta:
        table = table_description = "campaign_plan"


class SentNotice(Model):
    """One message of a campaign to one member for one day: written before it is sent, so that it is sent once."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    kind = fields.CharField(max_length=20)
    due_on = fields.DateField()
    by_hand = fields.BooleanField(default=False)
    sent_at = fields.DatetimeField()

    class Meta:
        table = table_description = "sent_notice"
        unique_together = (("campaign_id", "organisation_id", "kind", "due_on"),)


class DirectoryListing(Model):
    """A member that agreed to be listed to the other members. Revoking deletes the row."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="directory")
    network_id: UUID
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="listings")
    organisation_id: UUID
    name = fields.CharField(max_length=160)
    sector = fields.CharField(max_length=40)
    size = fields.CharField(max_length=20)
    country = fields.CharField(max_length=2)
    contact = fields.CharField(max_length=200, default="")
    listed_at = fields.DatetimeField()

    class Meta:
        table = table_description = "directory_listing"
        unique_together = (("network", "organisation"),)


class NetworkLook(Model):
    """A network's own name, logo and colour. Its id is the network's."""

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=160, default="")
    accent = fields.CharField(max_length=7, default="")
    logo = fields.BinaryField(null=True)
    logo_media_type = fields.CharField(max_length=40, default="")

    class Meta:
        table = table_description = "network_look"


class NetworkDoor(Model):
    """The code by which an organisation asks to join. Its id is the network's."""

    id = fields.UUIDField(primary_key=True)
    code = fields.CharField(max_length=20)
    fingerprint = fields.CharField(max_length=64, unique=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = table_description = "network_door"


class MemberImport(Model):
    """A file of members brought in: read and shown first, carried out once when confirmed, then forgotten."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="imports")
    network_id: UUID
    file_name = fields.CharField(max_length=200)
    content = fields.BinaryField(null=True)
    uploaded_at = fields.DatetimeField()
    applied_at = fields.DatetimeField(null=True)
    created = fields.IntField(default=0)
    updated = fields.IntField(default=0)

    class Meta:
        table = table_description = "member_import"


class Bulletin(Model):
    """The document of a published edition, in one language."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="bulletins")
    network_id: UUID
    edition = fields.ForeignKeyField("palier.Edition", related_name="bulletins")
    edition_id: UUID
    locale = fields.CharField(max_length=5)
    state = fields.CharField(max_length=20, default="queued")
    document = fields.BinaryField(null=True)
    asked_at = fields.DatetimeField()
    made_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "bulletin"
        unique_together = (("edition", "locale"),)


@dataclass(frozen=True, slots=True)
class Circle:
    """A network as its members see it: under its own name and colour. `verified`: whether this member is."""

    id: UUID
    slug: str
    name: str
    accent: str
    has_logo: bool
    verified: bool


# --- named queries ----------------------------------------------------------------------------------------------------


async def register_of(network_id: UUID) -> list[RegisterEntry]:
    """Everybody the staff wrote down, in order of name."""
    return sorted(await RegisterEntry.filter(network_id=network_id), key=lambda one: folded(one.name))


async def members_of(network_id: UUID) -> list[NetworkMember]:
    """The members on Palier that have not left, verified or not, with their organisations, in order of name."""
    rows = NetworkMember.filter(network_id=network_id, left_on=None, organisation__sandbox_until=None)
    return sorted(await rows.select_related("organisation"), key=lambda one: folded(one.organisation.name))


async def frozen_in(network_id: UUID) -> set[UUID]:
    """Organisations that submitted to a campaign of the last year that has no edition yet: their peers are settled."""
    sql = (
        "select distinct p.organisation_id from participation p join campaign c on c.id = p.campaign_id "
        "where p.network_id = $1 and p.submitted_at is not null and c.closes_on > current_date - 366 "
        "and not exists (select from edition e where e.campaign_id = c.id)"
    )
    return {row["organisation_id"] for row in await select(sql, network_id)}


async def listed_in(network_id: UUID) -> list[DirectoryListing]:
    """The members that agreed to be listed, in order of name."""
    return sorted(await DirectoryListing.filter(network_id=network_id), key=lambda one: folded(one.name))


async def circle_of(organisation_id: UUID, slug: str) -> Circle:
    """The network at this address, for an organisation that reads there. Raises Unknown."""
    sql = (
        "select n.id, n.slug, coalesce(nullif(l.name, ''), n.name) as name, coalesce(l.accent, '') as accent, "
        "l.logo is not null as has_logo, m.verified_at is not null as verified "
        "from network n join network_member m on m.network_id = n.id left join network_look l on l.id = n.id "
        "where m.organisation_id = $1 and n.slug = $2 and m.left_on is null and (m.verified_at is not null or n.fictive)"
    )
    rows = await select(sql, organisation_id, slug)
    if not rows:
        raise Unknown("no network of this organisation")
    return Circle(**rows[0])


async def look_of(network_id: UUID) -> NetworkLook:
    """The network's look: an empty one while it has none."""
    return await NetworkLook.get_or_none(id=network_id) or NetworkLook(id=network_id)


async def import_of(network_id: UUID, import_id: UUID, *, locked: bool = False) -> MemberImport:
    """A file brought in. Raises DoesNotExist."""
    rows = MemberImport.filter(id=import_id, network_id=network_id)
    return await (rows.select_for_update() if locked else rows).get()
