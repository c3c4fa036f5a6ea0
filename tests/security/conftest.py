"""The application over a copy of the demonstration, for sweeps over every route."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from palier.foundation import clock, language
from palier.foundation.database import WEB
from palier.foundation.settings import read_settings
from tests.browser.atlas import plant_what_is_missing
from tests.demonstration import Demonstration, copied
from tests.roles import pool_over
from tests.security.world import World, draw


@pytest.fixture(scope="module")
async def house(
    seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demonstration]:
    """A copy of the demonstration with what it has not, for one file of tests to write in."""
    with copied(seeded, "swept", tmp_path_factory.mktemp("swept")) as demonstration:
        await plant_what_is_missing(demonstration)
        yield demonstration


@pytest.fixture(scope="module")
async def world(app: Litestar, house: Demonstration) -> AsyncIterator[World]:
    """Every route of the application over the house. The process's pool moves there, and back at the end."""
    swept = read_settings(house.environment())
    async with pool_over(str(swept.database_url), WEB, maxsize=10):
        language.use("fr")
        clock.freeze(None)
        yield await draw(swept, house)
