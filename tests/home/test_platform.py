"""What machines ask."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from palier.foundation import clock
from palier.platform.flows import readiness
from tests.conftest import Browser


async def test_the_process_lives_without_touching_the_database(
    visit: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("palier.foundation.database.in_transaction", nobody)
    async with visit(None) as browser:
        assert (await browser.get("/healthz")).text == "alive\n"
        assert (await browser.head("/healthz")).status_code == 200


async def beat(owner: asyncpg.Connection, ago: timedelta) -> None:
    await owner.execute("insert into heartbeat (name, at) values ('worker', $1)", clock.now() - ago)


async def test_ready_when_all_is_well(visit: Browser, owner: asyncpg.Connection) -> None:
    await beat(owner, timedelta(seconds=5))
    async with visit(None) as browser:
        answer = await browser.get("/readyz")
        assert (answer.status_code, answer.text) == (200, "ready\n")
        assert (await browser.head("/readyz")).status_code == 200


async def test_not_ready_without_a_worker(visit: Browser, owner: asyncpg.Connection) -> None:
    await beat(owner, timedelta(minutes=3))
    async with visit(None) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "worker: no heartbeat for two minutes\n")


async def test_not_ready_behind_a_migration(
    visit: Browser, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await beat(owner, timedelta(seconds=5))
    monkeypatch.setattr(
        readiness, "shipped", lambda: ["0001_tables", "0002_isolation_and_history", "9999_later"]
    )
    async with visit(None) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "migrations: 9999_later not applied\n")


async def test_not_ready_with_nowhere_to_write(stage: object, tmp_path: Path) -> None:
    assert "data directory: cannot be written to" in await readiness.obstacles(tmp_path / "gone")


async def test_robots_keep_to_the_public_pages(visit: Browser) -> None:
    async with visit(None) as browser:
        text = (await browser.get("/robots.txt")).text
    assert "Disallow: /o/\n" in text
    assert "/fr" not in text


async def test_a_hole_can_be_told_to_somebody(visit: Browser) -> None:
    async with visit(None) as browser:
        lines = dict(
            line.split(": ", 1) for line in (await browser.get("/.well-known/security.txt")).text.splitlines()
        )
    assert lines["Contact"].startswith("mailto:")
    ends = datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta() < ends - datetime.now(UTC) < timedelta(days=366)
