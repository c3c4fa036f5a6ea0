"""Inès and the network she runs: twenty verified members, planted straight into the database."""

import asyncpg
import pytest

from palier.foundation.actor import NetworkActor, Person
from palier.foundation.identifiers import new_id
from tests.benchmarks.planting import Planted, plant_network
from tests.conftest import Cast

NET = "/n/excellence"


@pytest.fixture
def ines(cast: Cast) -> Person:
    return cast.people["ines"]


@pytest.fixture
async def network(owner: asyncpg.Connection, ines: Person) -> Planted:
    planted = await plant_network(owner, 20)
    await staff(owner, planted, ines)
    return planted


async def staff(owner: asyncpg.Connection, network: Planted, person: Person) -> None:
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)",
        new_id(), network.id, person.person_id,
    )  # fmt: skip


@pytest.fixture
def manager(network: Planted, ines: Person) -> NetworkActor:
    return NetworkActor(ines, network.id, network.slug, "Réseau excellence")
