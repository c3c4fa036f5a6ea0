"""The identity provider of an organisation, the domains it proved, who its people are there, and sign-ins under way."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from palier.accounts.store import Person
from palier.foundation.actor import Person as Acting
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.permissions import Role
from palier.network.store import Membership
from palier.single_sign_on.rules.domains import Proof
from palier.single_sign_on.rules.profiles import Preset
from palier.single_sign_on.rules.states import State


class IdentityProvider(Model):
    """Where an organisation's people sign in. `client_secret` is sealed; `door` is the fingerprint of its address."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField(unique=True)
    organisation_name = fields.CharField(max_length=160)
    slug = fields.CharField(max_length=80)
    door = fields.CharField(max_length=64, unique=True)
    preset = fields.CharEnumField(Preset, max_length=20)
    name = fields.CharField(max_length=80)  # what the button calls it
    issuer = fields.CharField(max_length=300)
    client_id = fields.CharField(max_length=200)
    client_secret = fields.TextField(default="")
    second_factor = fields.BooleanField(default=False)  # asked of the provider, where the preset knows how
    state = fields.CharEnumField(State, max_length=10, default=State.OFF)
    newcomer_role = fields.CharField(max_length=20, default="")  # empty: an invitation is still needed
    tested_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "identity_provider"


class SignOnDomain(Model):
    """A mail domain an organisation says is its own, and the proof of it while it lasts."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    domain = fields.CharField(max_length=190)
    door = fields.CharField(max_length=64)  # fingerprint of the domain: whoever names it finds the row
    token = fields.CharField(max_length=64)  # stands in the DNS record
    code = fields.CharField(max_length=64, default="")  # fingerprint of the code mailed last
    code_until = fields.DatetimeField(null=True)
    proof = fields.CharEnumField(Proof, max_length=10, default=Proof.NONE)
    proved_at = fields.DatetimeField(null=True)
    proved_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "sign_on_domain"
        unique_together = (("organisation_id", "domain"),)


class ProviderIdentity(Model):
    """Who somebody is at the organisation's provider: issuer and subject, never an address."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    person: Any = fields.ForeignKeyField("palier.Person", related_name="provider_identities")
    person_id: UUID
    issuer = fields.CharField(max_length=300)
    subject = fields.CharField(max_length=255)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "provider_identity"
        unique_together = (("organisation_id", "issuer", "subject"),)


class SpareKey(Model):
    """An owner who may come in without the provider when it is down."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    person: Any = fields.ForeignKeyField("palier.Person", related_name="spare_keys")
    person_id: UUID
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "spare_key"
        unique_together = (("organisation_id", "person"),)


class SpareKeyUse(Model):
    """A session let in by a spare key."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation_id = fields.UUIDField()
    person_id = fields.UUIDField()
    session_id = fields.UUIDField()
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "spare_key_use"
        unique_together = (("organisation_id", "session_id"),)


class SignOnAttempt(Model):
    """Somebody sent to a provider, until they come back or ten minutes have passed. The browser's cookie names it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    fingerprint = fields.CharField(max_length=64, unique=True)
    organisation_id = fields.UUIDField()
    slug = fields.CharField(max_length=80)
    purpose = fields.CharField(max_length=10)
    person_id = fields.UUIDField(null=True)  # who asked, where they were signed in
    nonce = fields.CharField(max_length=64)
    verifier = fields.CharField(max_length=64)
    next = fields.CharField(max_length=500, default="")
    claims = fields.TextField(default="")  # sealed: who came back, while they sign in to link their account
    expires_at = fields.DatetimeField()

    class Meta:
        table = table_description = "sign_on_attempt"


class ProviderSession(Model):
    """The provider's own word on a session of ours, sealed: it is shown to the provider to sign out there too."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    session_id = fields.UUIDField(unique=True)
    organisation_id = fields.UUIDField()
    person_id = fields.UUIDField()
    id_token = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "provider_session"


def door_of(name: str) -> str:
    """The fingerprint under which an organisation's address, or a mail domain, is looked up by strangers."""
    return fingerprint(f"sign-on {name}")


# --- named queries ------------------------------------------------------------------------------------------


async def provider_of(organisation: UUID, *, locked: bool = False) -> IdentityProvider | None:
    """The provider of an organisation; `locked` makes other changes of it wait."""
    rows = IdentityProvider.filter(organisation_id=organisation)
    return await (rows.select_for_update() if locked else rows).first()


async def provider_behind(door: str) -> IdentityProvider | None:
    """The provider with this door, in a reading made for whoever presents it."""
    return await IdentityProvider.get_or_none(door=door)


async def domains_of(organisation: UUID) -> list[SignOnDomain]:
    """The domains an organisation named, in order."""
    return await SignOnDomain.filter(organisation_id=organisation).order_by("domain")


async def domain_of(organisation: UUID, domain: UUID) -> SignOnDomain:
    """One of them. Raises DoesNotExist."""
    return await SignOnDomain.get(id=domain, organisation_id=organisation)


async def proved_domain(door: str) -> SignOnDomain | None:
    """The living proof of a domain, in a reading made for whoever names it."""
    return await SignOnDomain.filter(door=door, proved_until__gt=now()).first()


async def has_proved(organisation: UUID, domain: str) -> bool:
    """Whether the organisation's proof of this domain lives."""
    rows = SignOnDomain.filter(organisation_id=organisation, domain=domain, proved_until__gt=now())
    return await rows.exists()


async def keep_proof(row: SignOnDomain, proof: Proof, until: datetime) -> bool:
    """Write the proof down; False when another organisation's stands."""
    rows = SignOnDomain.filter(id=row.id)
    try:
        await rows.update(proof=proof, proved_at=now(), proved_until=until, code="", code_until=None)
    except IntegrityError:
        return False
    return True


async def identity_of(organisation: UUID, issuer: str, subject: str) -> ProviderIdentity | None:
    """Who this subject is to us, with their person."""
    rows = ProviderIdentity.filter(organisation_id=organisation, issuer=issuer, subject=subject)
    return await rows.select_related("person").first()


async def is_linked(organisation: UUID, issuer: str, email: str) -> bool:
    """Whether whoever has this address is already somebody there: an address given to a new colleague brings them no
    former colleague's account."""
    rows = ProviderIdentity.filter(organisation_id=organisation, issuer=issuer, person__email=email)
    return await rows.exists()


async def owners_with(organisation: UUID, people: Collection[UUID] | None = None) -> list[Person]:
    """The owners of an organisation, in order of name; of `people` only, where given."""
    rows = Membership.filter(organisation_id=organisation, role=Role.OWNER).select_related("person")
    members = await rows.order_by("person__name", "id")
    return [one.person for one in members if people is None or one.person_id in people]


async def spare_keys_of(organisation: UUID) -> set[UUID]:
    """Who holds a spare key, owner still or not."""
    return {row.person_id for row in await SpareKey.filter(organisation_id=organisation)}


async def role_in(organisation: UUID, person: UUID) -> Role | None:
    """The person's role as a member, if they are one."""
    row = await Membership.get_or_none(organisation_id=organisation, person_id=person)
    return Role(row.role) if row else None


async def take_attempt(fingerprint: str) -> SignOnAttempt | None:
    """The attempt of this cookie, used up: of two that come back at once one finds it."""
    row = await SignOnAttempt.get_or_none(fingerprint=fingerprint)
    if row is None or await SignOnAttempt.filter(id=row.id).delete() != 1:
        return None
    return row if row.expires_at > now() else None


async def provider_session_of(person: Acting) -> ProviderSession | None:
    """The provider's word on the session the person came with."""
    if person.session_id is None:
        return None
    return await ProviderSession.get_or_none(session_id=person.session_id)


async def shut_organisations(person: Acting) -> set[UUID]:
    """The organisations whose members sign in elsewhere than this session did."""
    sql = "select m.organisation_id from membership m where m.person_id = $1 and sign_on_due(m.organisation_id, $2) is not null"
    return {row["organisation_id"] for row in await select(sql, person.person_id, person.session_id)}
