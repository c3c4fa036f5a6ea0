"""What machines ask."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from palier.app import create_app
from palier.foundation import clock, metrics, watch
from palier.foundation.backup_note import BackupNote, note_backup
from palier.foundation.settings import Settings
from palier.platform.flows import figures as figuring
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


async def test_not_ready_when_the_disk_is_nearly_full(
    visit: Browser, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await beat(owner, timedelta(seconds=5))
    monkeypatch.setattr(readiness, "free_bytes", lambda _: 199_000_000)
    async with visit(None) as browser:
        answer = await browser.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "disk: 199 MB free, at least 200 are needed\n")


async def test_not_ready_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(readiness, "reading", away)
    assert await readiness.obstacles(tmp_path) == ["database: ConnectionRefusedError"]


TOKEN = "a token of the tests"


@pytest.fixture
async def figures(stage: Litestar, settings: Settings, tmp_path: Path) -> AsyncIterator[AsyncClient]:
    """An application that counts, and knows a token."""
    counting = metrics.begin(tmp_path)
    app = create_app(replace(settings, metrics_token=TOKEN, data_directory=tmp_path))
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://palier.test") as client:
        yield client
    watch.watchers.clear()
    counting.close()


async def test_figures_are_for_whoever_knows_the_token(
    figures: AsyncClient, owner: asyncpg.Connection
) -> None:
    await beat(owner, timedelta(seconds=5))
    await owner.execute(
        'insert into worker_tally values (\'palier_jobs_total{"job": "mail.deliver", "outcome": "done"}\', 3)'
    )
    await owner.execute(
        "insert into procrastinate_jobs (task_name, queue_name) values ('mail.deliver', 'default')"
    )
    given = {"authorization": f"Bearer {TOKEN}"}
    answer = await figures.get("/metrics", headers=given)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    for line in (
        "palier_database_up 1.0",
        'palier_jobs_total{job="mail.deliver",outcome="done"} 3.0',
        'palier_queue_jobs{job="mail.deliver",state="waiting"} 1.0',
        "palier_worker_heartbeat_age_seconds ",
        'palier_queue_oldest_seconds{job="mail.deliver"} ',
        "palier_disk_free_bytes ",
        "palier_build_info{",
        "palier_requests_in_flight 1.0",
    ):
        assert f"\n{line}" in answer.text


async def test_without_the_token_there_are_no_figures(figures: AsyncClient) -> None:
    for given in (None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN):
        answer = await figures.get("/metrics", headers={} if given is None else {"authorization": given})
        assert answer.status_code == 404, given


async def test_without_a_token_in_the_settings_there_is_no_such_address(visit: Browser) -> None:
    async with visit(None) as browser:
        assert (await browser.get("/metrics", headers={"authorization": "Bearer None"})).status_code == 404


async def test_figures_say_when_the_database_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(figuring, "reading", away)
    note_backup(tmp_path, BackupNote(clock.now() - timedelta(hours=2), "there", 7, encrypted=False))
    found = {one.family: one.value for one in await figuring.figures(tmp_path)}
    assert found["palier_database_up"] == 0
    assert found["palier_backup_age_seconds"] == pytest.approx(7200, abs=60)
    assert found["palier_backup_bytes"] == 7


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
