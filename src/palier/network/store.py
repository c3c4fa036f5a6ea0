"""Organisations, who belongs to them, who was mandated by them, and the networks they are members of."""

from dataclasses import dataclass
from datetime import date

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from palier.foundation import actor as acting
from palier.foundation.clock import now
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role


class Organisation(Model):
    """A tenant. The five attributes from `family` to `legal_kind` choose its peers."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    slug = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=160)
    family = fields.CharField(max_length=40, default="")
    sector = fields.CharField(max_length=40, default="")
    size = fields.CharField(max_length=20, default="")
    country = fields.CharField(max_length=2, default="FR")
    legal_kind = fields.CharField(max_length=40, default="")
    legal_group = fields.CharField(max_length=120, default="")  # parent group; empty = itself
    registration = fields.CharField(max_length=20, default="")  # SIREN where there is one
    people_word = fields.CharField(max_length=20, default="client")
    logo_file_id = fields.UUIDField(null=True)
    accent = fields.CharField(max_length=7, default="")
    sandbox_until = fields.DatetimeField(null=True)  # set on throw-away copies only
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "organisation"


class Membership(Model):
    """A person's role in an organisation."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="memberships")
    person = fields.ForeignKeyField("palier.Person", related_name="memberships")
    role = fields.CharEnumField(Role, max_length=20)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "membership"
        unique_together = (("organisation", "person"),)


class Invitation(Model):
    """A colleague asked to join with a role, by a link mailed to them."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="invitations")
    email = fields.CharField(max_length=254)
    role = fields.CharEnumField(Role, max_length=20)
    fingerprint = fields.CharField(max_length=64, unique=True)
    invited_by = fields.ForeignKeyField("palier.Person", related_name="invitations_sent")
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "invitation"


class Mandate(Model):
    """Dated, revocable access granted by an organisation to a consultant."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="mandates")
    consultant = fields.ForeignKeyField("palier.Person", related_name="mandates")
    granted_by = fields.ForeignKeyField("palier.Person", related_name="mandates_granted")
    created_at = fields.DatetimeField(auto_now_add=True)
    ends_on = fields.DateField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "mandate"


class ConsultantFirm(Model):
    """The name, logo and colour a consultant puts on documents."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person = fields.OneToOneField("palier.Person", related_name="firm")
    name = fields.CharField(max_length=160)
    accent = fields.CharField(max_length=7, default="")
    logo = fields.BinaryField(null=True)
    logo_media_type = fields.CharField(max_length=40, default="")

    class Meta:
        table = table_description = "consultant_firm"


class Network(Model):
    """An association whose members compare themselves. `k` is the fewest groups a figure may rest on."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    slug = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=160)
    k = fields.SmallIntField(default=5)
    fictive = fields.BooleanField(default=False)  # pages then say "invented data"
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "network"


class NetworkMember(Model):
    """An organisation in a network; only verified members ever count in a benchmark."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="members")
    organisation = fields.ForeignKeyField("palier.Organisation", related_name="networks")
    joined_on = fields.DateField()
    verified_at = fields.DatetimeField(null=True)
    left_on = fields.DateField(null=True)

    class Meta:
        table = table_description = "network_member"
        unique_together = (("network", "organisation"),)


class NetworkManager(Model):
    """A person on a network's staff."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network = fields.ForeignKeyField("palier.Network", related_name="managers")
    person = fields.ForeignKeyField("palier.Person", related_name="networks_managed")

    class Meta:
        table = table_description = "network_manager"
        unique_together = (("network", "person"),)


# --- named queries --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Places:
    """What a person can open. Organisations come with the role there, mandates with the client and the end date."""

    organisations: list[Membership]
    mandates: list[Mandate]
    networks: list[Network]

    def only_address(self) -> str | None:
        """The address of the one place there is, if there is exactly one."""
        addresses = [f"/o/{m.organisation.slug}" for m in self.organisations if m.organisation.family]
        addresses += ["/portfolio"] if self.mandates else []
        addresses += [f"/n/{network.slug}" for network in self.networks]
        unfinished = any(not m.organisation.family for m in self.organisations)
        return addresses[0] if len(addresses) == 1 and not unfinished else None


async def places_of(person: acting.Person, on: date) -> Places:
    """Everything `person` can open on that day: expired demonstrations and ended mandates are left out."""
    alive = Q(organisation__sandbox_until=None) | Q(organisation__sandbox_until__gt=now())
    return Places(
        await Membership.filter(alive, person_id=person.person_id)
        .select_related("organisation").order_by("organisation__name"),
        await Mandate.filter(consultant_id=person.person_id, revoked_at=None, ends_on__gte=on)
        .select_related("organisation").order_by("organisation__name"),
        await Network.filter(managers__person_id=person.person_id).order_by("name"),
    )  # fmt: skip
