"""Networks that give places, and their members, planted straight into the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from palier.billing.flows import place_answering, place_giving
from palier.entitlements.catalogue import offers_in
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import only_reading
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from tests.benchmarks.planting import Planted, enrol, plant_network
from tests.conftest import plant_organisation, plant_person

OFFERS = offers_in()


@dataclass(frozen=True, slots=True)
class Stand:
    """A network with its manager, whose own offer is the entitlement `held`, and its members."""

    planted: Planted
    manager: NetworkActor
    held: UUID
    owner: asyncpg.Connection

    async def set(self, column: str, value: object) -> None:
        """Change what the network holds."""
        await self.owner.execute(f"update entitlement set {column} = $2 where id = $1", self.held, value)

    async def state(self, place: UUID) -> str:
        found = await self.owner.fetchval("select state from sponsorship where id = $1", place)
        return str(found)

    async def offer(self, member: Actor) -> UUID:
        """Offer a place to one member; its id."""
        return await offered(self, member)

    async def give(self, member: Actor) -> UUID:
        """Offer a place that the member accepts; its id."""
        place = await offered(self, member)
        await place_answering.accept(member, place, OFFERS)
        return place


async def offered(stand: Stand, member: Actor) -> UUID:
    only_reading.set(False)
    await place_giving.invite(stand.manager, [member.organisation_id], OFFERS, new_id())
    sql = "select id from sponsorship where network_id = $1 and organisation_id = $2 and state = 'invited'"
    found = await stand.owner.fetchval(sql, stand.planted.id, member.organisation_id)
    assert isinstance(found, UUID)
    return found


async def stand(
    owner: asyncpg.Connection,
    manager: Person,
    members: list[Actor],
    *,
    places: int = 2,
    slug: str = "excellence",
) -> Stand:
    """A network that holds so many places by an agreement."""
    planted = await plant_network(owner, 0, slug=slug)
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)",
        new_id(), planted.id, manager.person_id,
    )  # fmt: skip
    for member in members:
        await enrol(owner, planted, member.organisation_id)
    held = new_id()
    await owner.execute(
        "insert into entitlement (id, network_id, offer, quantity, source, source_ref, valid_from, created_at, updated_at) "
        "values ($1, $2, 'network', $3, 'manual', $4, now() - interval '40 days', now(), now())",
        held, planted.id, places, str(held),
    )  # fmt: skip
    return Stand(planted, NetworkActor(manager, planted.id, slug, f"Réseau {slug}"), held, owner)


async def houses(count: int, first: int = 0) -> list[Actor]:
    """So many organisations, each with its owner."""
    found = []
    for number in range(first, first + count):
        person = await plant_person(f"Directrice {number}", f"d{number}@example.org")
        house = await plant_organisation(f"Régie {number}", f"regie-{number}", person)
        found.append(Actor(person, house, Role.OWNER))
    return found


async def entitlement_of(owner: asyncpg.Connection, place: UUID, at: datetime) -> bool:
    """Whether the place opens anything at that moment."""
    row = await owner.fetchrow("select * from entitlement where source_ref = $1", str(place))
    if row is None:
        return False
    last = row["valid_to"] and (row["grace_until"] or row["valid_to"])
    return last is None or at < last


async def place_row(owner: asyncpg.Connection, place: UUID) -> asyncpg.Record:
    return await owner.fetchrow("select * from sponsorship where id = $1", place)
