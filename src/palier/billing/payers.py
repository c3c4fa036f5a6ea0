"""Who pays: an organisation, a network or a consultant, each with one billing account."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.billing import store
from palier.entitlements.rules.offers import Kind
from palier.entitlements.store import column_of
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import one_at_a_time
from palier.foundation.identifiers import new_id
from palier.foundation.rights import Rights

Paying = Actor | NetworkActor | Person
"""Who acts where something is bought: an owner for the organisation, somebody of a network's staff, a consultant."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who buys, as the flows need it. `tenant` is who acts: transactions run for them and the trail names them."""

    kind: Kind
    id: UUID
    name: str
    path: str
    """Where the payer's billing page stands, such as /o/val/billing."""
    tenant: Paying
    rights: Rights

    @property
    def person(self) -> Person:
        """Who is in front of the screen."""
        return self.tenant if isinstance(self.tenant, Person) else self.tenant.person


def payer_of(tenant: Paying) -> Payer:
    """The payer somebody acts for."""
    match tenant:
        case Actor():
            house = tenant.organisation
            return Payer(
                Kind.ORGANISATION, house.id, house.name, f"/o/{house.slug}/billing", tenant, tenant.rights
            )
        case NetworkActor():
            path = f"/n/{tenant.network_slug}/billing"
            return Payer(Kind.NETWORK, tenant.network_id, tenant.network_name, path, tenant, tenant.rights)
        case Person():
            return Payer(
                Kind.PERSON, tenant.person_id, tenant.name, "/account/billing", tenant, tenant.rights
            )


async def account_of(payer: Payer) -> store.BillingAccount | None:
    """The payer's account, if anything was ever asked or paid."""
    return await store.BillingAccount.filter(**_holder(payer)).first()


def _holder(payer: Payer) -> dict[str, Any]:
    return {column_of(payer.kind): payer.id}


async def account_for(payer: Payer) -> store.BillingAccount:
    """The payer's account, made on the way if need be. In a transaction; two at once make one."""
    await one_at_a_time(f"billing account of {payer.id}")
    if found := await account_of(payer):
        return found
    return await store.BillingAccount.create(
        id=new_id(), legal_name=payer.name, email=payer.person.email, locale=payer.person.locale, **_holder(payer)
    )  # fmt: skip
