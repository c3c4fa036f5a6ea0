"""A real server over the test database and Debian's chromium, for what only a browser can tell."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import Browser, async_playwright

from palier.foundation.settings import Settings
from tests.browser.doors import Door, SignInAs

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--force-color-profile=srgb",
]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_it_answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                await client.get(f"{url}/signin")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise AssertionError("the server did not start")


@pytest.fixture(scope="session")
async def server(settings: Settings, repository: Path) -> AsyncIterator[str]:
    """The address of a web process of its own over the test database."""
    port = _free_port()
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PYTHONPATH": str(repository / "src"),
    }  # fmt: skip
    arguments = ["--factory", "palier.app:create_app", "--host", "127.0.0.1", "--port", str(port)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", *arguments, "--log-level", "warning", cwd=repository, env=environment
    )
    try:
        await _until_it_answers(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def site(server: str, stage: Litestar) -> str:
    """The server's address, over an empty database (as `stage`)."""
    return server


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One chromium for the whole run; each test opens contexts of its own."""
    if not CHROMIUM.exists():  # noqa: ASYNC240  (once a run)
        pytest.skip("chromium is missing: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def sign_in_as(site: str, chromium: Browser) -> AsyncIterator[SignInAs]:
    """`context = await sign_in_as(claire, java_script_enabled=False)`; None for a visitor. Paths are relative to the site."""
    door = Door(site, chromium)
    yield door.open
    for context in door.opened:
        await context.close()
