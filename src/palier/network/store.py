"""Organisations, who belongs to them, who was mandated by them, and the networks they are members of."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q
from tortoise.fields.base import OnDelete
from tortoise.models import Model
from tortoise.queryset import QuerySet

from palier.foundation import actor as acting
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Permission, Role, grants
from palier.network.rules.mandates import Ending


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
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="memberships")
    person: Any = fields.ForeignKeyField("palier.Person", related_name="memberships")
    person_id: UUID
    role = fields.CharEnumField(Role, max_length=20)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "membership"
        unique_together = (("organisation", "person"),)


class Invitation(Model):
    """A colleague asked to join with a role, by a link mailed to them."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="invitations")
    email = fields.CharField(max_length=254)
    role = fields.CharEnumField(Role, max_length=20)
    fingerprint = fields.CharField(max_length=64, unique=True)
    invited_by: Any = fields.ForeignKeyField("palier.Person", related_name="invitations_sent")
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    accepted_by = fields.UUIDField(null=True)  # whose account it was, whatever its address
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "invitation"


class Mandate(Model):
    """Dated, revocable access granted by an organisation to a consultant."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="mandates")
    consultant: Any = fields.ForeignKeyField("palier.Person", related_name="mandates")
    consultant_id: UUID
    granted_by: Any = fields.ForeignKeyField("palier.Person", related_name="mandates_granted")
    created_at = fields.DatetimeField(auto_now_add=True)
    ends_on = fields.DateField()
    dated_at = fields.DatetimeField(null=True)  # when the end was last changed; never, if empty
    revoked_at = fields.DatetimeField(null=True)
    ending = fields.CharEnumField(Ending, max_length=20, default=Ending.NOT_YET, db_default="")

    class Meta:
        table = table_description = "mandate"


class ConsultantFirm(Model):
    """The name, logo and colour a consultant puts on documents."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.OneToOneField("palier.Person", related_name="firm")
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
    network: Any = fields.ForeignKeyField("palier.Network", related_name="members")
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="networks")
    organisation_id: UUID
    joined_on = fields.DateField()
    verified_at = fields.DatetimeField(null=True)
    verified_name = fields.CharField(max_length=120, default="", db_default="")  # who of the staff did it
    left_on = fields.DateField(null=True)

    class Meta:
        table = table_description = "network_member"
        unique_together = (("network", "organisation"),)


class RegisterEntry(Model):
    """What a network's staff knows of one member, on Palier already or not yet.

    Once confirmed, its attributes choose the member's peers in this network instead of those the member declared.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    network: Any = fields.ForeignKeyField("palier.Network", related_name="register")
    organisation: Any = fields.ForeignKeyField(
        "palier.Organisation", related_name="register", null=True, on_delete=OnDelete.SET_NULL
    )
    organisation_id: UUID | None
    key = fields.CharField(max_length=200)  # what a file finds it by: the SIREN, else the folded name
    name = fields.CharField(max_length=160)
    registration = fields.CharField(max_length=20, default="")
    contact = fields.CharField(max_length=120, default="")
    email = fields.CharField(max_length=254, default="")
    family = fields.CharField(max_length=40, default="")
    sector = fields.CharField(max_length=40, default="")
    size = fields.CharField(max_length=20, default="")
    country = fields.CharField(max_length=2, default="")
    legal_kind = fields.CharField(max_length=40, default="")
    legal_group = fields.CharField(max_length=120, default="")
    confirmed_at = fields.DatetimeField(null=True)
    confirmed_name = fields.CharField(max_length=120, default="")
    invited_at = fields.DatetimeField(null=True)
    fingerprint = fields.CharField(max_length=64, null=True, unique=True)  # of the link that invites

    class Meta:
        table = table_description = "register_entry"
        unique_together = (("network", "key"),)


class NetworkManager(Model):
    """A person on a network's staff."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    network: Any = fields.ForeignKeyField("palier.Network", related_name="managers")
    person: Any = fields.ForeignKeyField("palier.Person", related_name="networks_managed")

    class Meta:
        table = table_description = "network_manager"
        unique_together = (("network", "person"),)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who acts for an organisation: a member, or a consultant while the mandate lasts."""

    person_id: UUID
    name: str
    email: str
    locale: str
    time_zone: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Whether their role grants it."""
        return permission in grants(self.role)


# --- named queries ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Places:
    """What a person can open. Each row comes with its organisation."""

    organisations: list[Membership]
    mandates: list[Mandate]
    networks: list[Network]

    def unfinished(self) -> str | None:
        """The slug of an organisation of one's own whose description was begun and not ended."""
        own = (m.organisation for m in self.organisations if m.role is Role.OWNER)
        return next((organisation.slug for organisation in own if not organisation.family), None)

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


async def add_organisation(organisation: Organisation) -> bool:
    """Insert it, in a transaction of its founder; False when its slug is taken, even by one nobody may see."""
    await Organisation.bulk_create([organisation], ignore_conflicts=True)
    return await Organisation.exists(id=organisation.id)


async def organisation_of(actor: acting.Actor, *, locked: bool = False) -> Organisation:
    """The organisation acted for; `locked` makes other changes of its people wait for this one."""
    rows = Organisation.filter(id=actor.organisation_id)
    return await (rows.select_for_update() if locked else rows).get()


async def members_of(actor: acting.Actor) -> list[Membership]:
    """The members, with their persons, in order of name."""
    rows = Membership.filter(organisation_id=actor.organisation_id)
    return await rows.select_related("person").order_by("person__name", "id")


async def colleagues_of(organisation: UUID, on: date) -> list[Colleague]:
    """The members, and the consultants whose mandate runs on that day, in order of name."""
    sql = (
        "select p.id, p.name, p.email, p.locale, p.time_zone, m.role from membership m "
        "join person p on p.id = m.person_id where m.organisation_id = $1 "
        "union select p.id, p.name, p.email, p.locale, p.time_zone, 'consultant' from mandate d "
        "join person p on p.id = d.consultant_id where d.organisation_id = $1 and d.revoked_at is null and d.ends_on >= $2 "
        "and not exists (select from membership m where m.organisation_id = $1 and m.person_id = p.id) order by name, id"
    )
    return [
        Colleague(row["id"], row["name"], row["email"], row["locale"], row["time_zone"], Role(row["role"]))
        for row in await select(sql, organisation, on)
    ]


async def member_of(actor: acting.Actor, membership: UUID) -> Membership:
    """One member. Raises DoesNotExist."""
    return await Membership.get(id=membership, organisation_id=actor.organisation_id)


async def owners_of(actor: acting.Actor) -> int:
    """How many owners the organisation has."""
    return await Membership.filter(organisation_id=actor.organisation_id, role=Role.OWNER).count()


def open_invitations(actor: acting.Actor) -> QuerySet[Invitation]:
    """Invitations neither accepted nor withdrawn, expired ones included, the newest first."""
    rows = Invitation.filter(organisation_id=actor.organisation_id, accepted_at=None, withdrawn_at=None)
    return rows.order_by("-created_at")


async def invitation_of(actor: acting.Actor, invitation: UUID) -> Invitation:
    """One open invitation. Raises DoesNotExist."""
    return await open_invitations(actor).get(id=invitation)


async def invitation_behind(fingerprint: str) -> Invitation | None:
    """The invitation with this link, if it can still be accepted, with its organisation and who sent it."""
    rows = Invitation.filter(
        fingerprint=fingerprint, accepted_at=None, withdrawn_at=None, expires_at__gt=now()
    )
    return await rows.select_related("organisation", "invited_by").first()


async def mandates_of(actor: acting.Actor) -> list[Mandate]:
    """Every mandate the organisation granted, the newest first."""
    rows = Mandate.filter(organisation_id=actor.organisation_id)
    return await rows.select_related("consultant").order_by("-created_at")


async def mandate_of(actor: acting.Actor, mandate: UUID) -> Mandate:
    """One mandate that is not revoked. Raises DoesNotExist."""
    return await Mandate.get(id=mandate, organisation_id=actor.organisation_id, revoked_at=None)


async def mandate_granted(actor: acting.Actor, mandate: UUID) -> Mandate:
    """One mandate, ended or not, with its consultant and who granted it. Raises DoesNotExist."""
    rows = Mandate.filter(organisation_id=actor.organisation_id)
    return await rows.select_related("consultant", "granted_by").get(id=mandate)


async def mandates_held_by(person: acting.Person) -> list[Mandate]:
    """Every mandate a consultant holds or held, with its organisation, in order of name."""
    rows = Mandate.filter(consultant_id=person.person_id).select_related("organisation")
    return await rows.order_by("organisation__name", "-created_at")


async def firm_of(person: acting.Person) -> ConsultantFirm | None:
    """The name, logo and colour a consultant puts on documents."""
    return await ConsultantFirm.get_or_none(person_id=person.person_id)


async def networks() -> list[Network]:
    """Every network, in order of name."""
    return await Network.all().order_by("name")


async def networks_of(actor: acting.Actor) -> list[NetworkMember]:
    """The networks the organisation belongs to or asked to join, with their facts."""
    rows = NetworkMember.filter(organisation_id=actor.organisation_id, left_on=None)
    return await rows.select_related("network").order_by("network__name")


async def join(actor: acting.Actor, network: UUID, on: date) -> NetworkMember:
    """The organisation's row in a network: a new, unverified one unless there is one. Raises DoesNotExist."""
    found = await Network.get(id=network)
    row = await NetworkMember.get_or_none(network_id=found.id, organisation_id=actor.organisation_id)
    if row is None:
        row = await NetworkMember.create(
            id=new_id(), network_id=found.id, organisation_id=actor.organisation_id, joined_on=on
        )
    elif row.left_on:
        await NetworkMember.filter(id=row.id).update(left_on=None, joined_on=on, verified_at=None)
    row.network = found
    return row


async def add_member(actor: acting.Actor) -> None:
    """Make the actor's person a member with the actor's role, unless they are one."""
    row = Membership(
        id=new_id(), organisation_id=actor.organisation_id, person_id=actor.person_id, role=actor.role
    )
    await Membership.bulk_create([row], ignore_conflicts=True)


async def active_mandate(actor: acting.Actor, consultant: UUID) -> Mandate | None:
    """The mandate of this consultant that is not revoked, ended or not."""
    rows = Mandate.filter(organisation_id=actor.organisation_id, consultant_id=consultant, revoked_at=None)
    return await rows.order_by("-ends_on").first()


async def keep_firm(person: acting.Person, **values: Any) -> None:
    """Set some facts of the consultant's firm, which bears the consultant's name until it is given one."""
    row = await ConsultantFirm.get_or_none(person_id=person.person_id)
    if row is None:
        await ConsultantFirm.create(id=new_id(), person_id=person.person_id, **{"name": person.name} | values)
    else:
        await ConsultantFirm.filter(id=row.id).update(**values)


async def as_confirmed(network_id: UUID, organisations: list[Organisation]) -> list[Organisation]:
    """The organisations with the attributes the network's staff confirmed, where they did; never saved."""
    if not organisations:
        return []
    # One parameter however many they are: a statement takes no more than 32,767.
    sql = (
        "select organisation_id, family, sector, size, country, legal_kind, legal_group from register_entry "
        "where network_id = $1 and organisation_id = any($2::uuid[]) and confirmed_at is not null"
    )
    rows = await select(sql, network_id, [one.id for one in organisations])
    confirmed = {row.pop("organisation_id"): row for row in rows}
    for one in organisations:
        for name, value in confirmed.get(one.id, {}).items():
            setattr(one, name, value or getattr(one, name))
    return organisations
