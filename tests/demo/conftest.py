"""The demonstration's stage: an invented network without members, where copies can be made at once."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from palier.assessments.flows.definitions import keep_definition
from palier.demo.networks import Planted, plant_network
from palier.demo.seeding import LARGE_NETWORK
from palier.foundation.database import transaction
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest
from tests.demonstration import Demonstration, copied
from tests.roles import as_the_worker


@pytest.fixture
async def planted(stage: object, settings: Settings) -> Planted:
    """The large network with its campaigns, as the worker plants it; nobody is in it and nothing is published."""
    async with as_the_worker(settings):
        async with transaction(None):
            await keep_definition(latest("SX"))
        return await plant_network("Réseau Excellence de service", LARGE_NETWORK, 5, latest("SX"))


@pytest.fixture(scope="module")
def site(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A copy of the seeded database for this module."""
    with copied(seeded, "demo_rooms", tmp_path_factory.mktemp("site")) as site:
        yield site


class Look:
    """The seeded database as its administrator reads it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, **values: object) -> list[dict]:
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, **values: object) -> object:
        return next(iter(self.rows(sql, **values)[0].values()))

    def change(self, sql: str, **values: object) -> None:
        self.connection.execute(sql, values)


@pytest.fixture(scope="module")
def look(site: Demonstration) -> Iterator[Look]:
    """Rows of the site, row-level security aside."""
    with psycopg.connect(
        site.url, user=site.administrator, autocommit=True, row_factory=dict_row
    ) as connection:
        yield Look(connection)
