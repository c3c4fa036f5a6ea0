"""A copy of the demonstration for each journey, with a web process and a worker of its own."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.demonstration import Demonstration, copied, web, worker
from tests.leaving import leave

SCRIPTS = pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="with scripts"),
        pytest.param(False, id="without scripts", marks=pytest.mark.long),
    ],
)
"""Both ways of travelling; without scripts by test-long, where the director's journey goes that way in every run."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """Somebody at their browser, in front of the demonstration."""

    site: str
    chromium: Browser
    passwords: dict[str, str]
    contexts: list[BrowserContext] = field(default_factory=list)

    async def sign_in(self, name: str, **options: Any) -> Page:
        """A page of `name` (claire.lambert, ...), signed in by the form as anybody would be."""
        settings = {
            "base_url": self.site,
            "locale": "fr-FR",
            "reduced_motion": "reduce",
            "accept_downloads": True,
        } | options
        context = await self.chromium.new_context(**settings)
        context.set_default_timeout(45_000)
        self.contexts.append(context)
        page = await context.new_page()
        await page.goto("/signin")
        email = f"{name}@palier.example"
        await page.get_by_label("Adresse électronique").fill(email)
        await page.get_by_label("Mot de passe", exact=True).fill(self.passwords[email])
        await page.get_by_role("button", name="Se connecter", exact=True).click()
        await page.wait_for_url(re.compile(r"/(o/|home|portfolio|n/)"))
        return page


@pytest.fixture
async def traveller(
    seeded: Demonstration,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Traveller]:
    async with AsyncExitStack() as stack:
        copy = stack.enter_context(copied(seeded, "journey", tmp_path_factory.mktemp("journey")))
        site = await stack.enter_async_context(web(copy.environment()))
        if request.node.get_closest_marker("worker"):
            await stack.enter_async_context(worker(copy.environment()))
        traveller = Traveller(site, chromium, seeded.passwords)
        yield traveller
        for context in traveller.contexts:
            await leave(context)
