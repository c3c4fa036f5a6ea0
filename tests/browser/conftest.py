"""Real servers over the test database and over the demonstration, for what only a browser can tell."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar
from playwright.async_api import Browser

from palier.foundation.settings import Settings
from tests.browser.atlas import Atlas, plant_what_is_missing
from tests.browser.doors import Door, SignInAs
from tests.demonstration import Demonstration, copied, web
from tests.leaving import leave


@pytest.fixture(scope="session")
async def server(settings: Settings, repository: Path) -> AsyncIterator[str]:
    """The address of a web process of its own over the test database."""
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PYTHONPATH": str(repository / "src"),
    }  # fmt: skip
    async with web(environment) as address:
        yield address


@pytest.fixture
async def site(server: str, stage: Litestar) -> str:
    """The server's address, over an empty database (as `stage`)."""
    return server


@pytest.fixture
async def sign_in_as(site: str, chromium: Browser) -> AsyncIterator[SignInAs]:
    """`context = await sign_in_as(claire, java_script_enabled=False)`; None for a visitor. Paths are relative to the site."""
    door = Door(site, chromium)
    yield door.open
    for context in door.opened:
        await leave(context)


@pytest.fixture(scope="session")
async def atlas(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Atlas]:
    """Every page of the demonstration, served. For tests that only read."""
    with copied(seeded, "atlas", tmp_path_factory.mktemp("atlas")) as demonstration:
        await plant_what_is_missing(demonstration)
        async with web(demonstration.environment(), app="tests.browser.counted:create_app") as address:
            yield await Atlas.draw(demonstration, address)
