"""The release before, from its own sources, goes on working while the schema grows under it, and afterwards."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

import httpx
import psycopg
import pytest

from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.migrating import ROOT, shipped
from tests.cli.ledger import Event, doubled, lost, uninvited
from tests.cli.planting import Place, broken_links
from tests.cli.serving import PATIENCE, bare_environment, free_port
from tests.cli.siege import Editor, Journal, at_work, browsers
from tests.cli.test_many_processes import administrator_of
from tests.demonstration import create_database, drop_database
from tests.scratch import scratch

pytestmark = [pytest.mark.database, pytest.mark.long]

OUTAGE = 5.0
"""Seconds that somebody may have to wait, at most, while the schema changes."""
VALLEY = "/o/transports-du-val"
PAGES = (
    VALLEY,
    f"{VALLEY}/e/{{open}}",
    f"{VALLEY}/e/{{done}}/results",
    f"{VALLEY}/e/{{done}}/benchmark",
    f"{VALLEY}/plans",
    f"{VALLEY}/people",
    "/home",
)
CODES = [f"SX1.1.{n}" for n in (1, 2, 3)]


@dataclass
class Patience(Journal):
    """A journal that also knows how long anybody was told to come back later."""

    def __init__(self) -> None:
        super().__init__()
        self.outages: list[float] = []
        self._since: dict[int, float] = {}

    def hears(self, status: str) -> None:
        super().hears(status)
        me, now = threading.get_ident(), time.monotonic()
        if status == "503":
            self._since.setdefault(me, now)
        elif me in self._since:
            self.outages.append(now - self._since.pop(me))


@dataclass(frozen=True, slots=True)
class Release:
    """Sources of Palier and the database they work on."""

    sources: Path
    url: str
    data: Path
    family: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, port: int = 0) -> dict[str, str]:
        return bare_environment(
            PALIER_DATABASE_URL=self.url, PALIER_DATA_DIR=str(self.data), PALIER_PORT=str(port or 8000), PALIER_PUBLIC_URL=f"http://127.0.0.1:{port}"
        ) | {"PYTHONPATH": f"{self.sources / 'src'}{os.pathsep}{self.sources}"}  # fmt: skip

    def command(self, *words: str, port: int = 0) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", *words], env=self.environment(port), cwd=self.sources, stdout=subprocess.PIPE)  # fmt: skip

    @contextmanager
    def serving(self) -> Iterator[str]:
        """A web process and a worker of this release; the address."""
        port = free_port()
        options = [
            "--interface",
            "asgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-ws",
            "--loop",
            "uvloop",
            "--log-level",
            "warning",
        ]
        web = self.command("granian", *options, "--factory", "palier.app:create_app", port=port)
        worker = self.command("palier", "work", port=port)
        try:
            _until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"))
            yield f"http://127.0.0.1:{port}"
        finally:
            for process in (web, worker):
                process.terminate()
                process.communicate(timeout=PATIENCE)


def _until(told: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 4 * PATIENCE
    while not told():
        assert time.monotonic() < give_up
        threading.Event().wait(0.1)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=PATIENCE).status_code == 200
    except httpx.TransportError:
        return False


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch() as made:
        yield made


@pytest.fixture(scope="module")
def before(folder: Path, cluster: str) -> Iterator[Release]:
    """The last release, or what came before the newest migration, with its own seeded demonstration."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("the release before is taken from the history of a git clone, and this is none")
    released = json.loads((ROOT / "tests" / "foundation" / "released_migrations.json").read_text())
    newer = [name for name in shipped() if f"{name}.py" not in released] or shipped()[-1:]
    added = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", f"migrations/{newer[0]}.py")
    if not added:
        pytest.skip(f"{newer[0]} is not in the history yet")
    sources = folder / "before"
    sources.mkdir()
    archive = subprocess.run(
        ["git", "archive", f"{added}^"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x"], input=archive, cwd=sources, check=True)
    (sources / "static" / "vendor").symlink_to(ROOT / "static" / "vendor")
    release = Release(sources, create_database(cluster, "before"), folder / "data")
    seeding = release.command("palier", "demo")
    seeding.communicate(timeout=10 * PATIENCE)
    assert seeding.returncode == 0
    yield release
    drop_database(cluster, "before")


@pytest.fixture(scope="module")
def place(before: Release) -> Place:
    """The demonstration's director and contributor, signed in, at their open round."""
    secrets = []
    with psycopg.connect(administrator_of(before.url), autocommit=True) as connection:
        for who in ("claire.lambert", "malik.ouali"):
            secrets.append(f"a session of {who}")
            connection.execute(
                "insert into session (id, person_id, fingerprint, user_agent, created_at, seen_at, expires_at, proved_at) select %s, id, %s, "
                "'upgrade', now(), now(), now() + interval '1 day', now() from person where email = %s",
                [new_id(), fingerprint(secrets[-1]), f"{who}@palier.example"],
            )
        connection.execute("update person set locale = 'en'")
        rounds = connection.execute(
            "select a.slug, a.state, o.id from assessment a join organisation o on o.id = a.organisation_id "
            "where o.slug = 'transports-du-val' and a.slug like 'sx-%' order by a.slug"
        ).fetchall()
    open_ = next(slug for slug, state, _ in rounds if state == "draft")
    done = [slug for slug, state, _ in rounds if state == "submitted"][-1]
    organisation: UUID = rounds[0][2]
    return Place(organisation, "transports-du-val", (secrets[0], secrets[1]), open_, (), done, "plan-2026")


@contextmanager
def people(address: str, place: Place, journal: Journal, seed: int) -> Iterator[None]:
    """Two who write and one who reads."""
    random = Random(seed)
    with browsers(address, journal, [place.sessions[n % 2] for n in range(3)]) as clients:
        editors = [Editor(client, place, CODES, Random(random.random())) for client in clients[:2]]

        def read(stopping: threading.Event) -> None:
            for number in iter(int, 1):
                if stopping.is_set():
                    return
                page = PAGES[(number + journal.requests) % len(PAGES)].format(
                    open=place.open_round, done=place.submitted
                )
                if clients[2].open(page).status_code not in (200, 302, 303):
                    journal.complains(f"reading {page}")

        with at_work([*(editor.write_until for editor in editors), read], journal):
            yield


def more(journal: Journal, acknowledged: int) -> None:
    """Until so many more saves were acknowledged."""
    aim = len(journal.acknowledged) + acknowledged
    journal.until(lambda: len(journal.acknowledged) >= aim, f"{acknowledged} more saves")


def test_the_release_before_goes_on_while_the_schema_grows_and_afterwards(before: Release, place: Place):
    journal = Patience()
    new = Release(ROOT, before.url, before.data)
    with before.serving() as address, people(address, place, journal, seed=1):
        more(journal, 20)
        migrations = [new.command("palier", "migrate") for _ in range(3)]
        for each in migrations:
            each.communicate(timeout=4 * PATIENCE)
        assert [each.returncode for each in migrations] == [0, 0, 0]
        more(journal, 40)
        with new.serving() as beside, people(beside, place, journal, seed=2):
            more(journal, 40)
        more(journal, 10)
    assert not journal.faults
    assert set(journal.statuses) <= {"200", "302", "303", "409", "503"}, journal.statuses
    assert max(journal.outages, default=0.0) < OUTAGE
    with psycopg.connect(administrator_of(before.url)) as connection:
        known = {name for (name,) in connection.execute("select name from tortoise_migrations")}
        rows = connection.execute(
            "select e.op::text, e.code, e.revision, e.before, e.after from answer_event e join assessment a on a.id = e.assessment_id "
            "where a.slug = %s and a.organisation_id = %s and e.code = any(%s)",
            [place.open_round, place.organisation, CODES],
        ).fetchall()
    assert known >= set(shipped())
    events = [event for event in (Event(*row) for row in rows) if event.words in journal.sent]
    assert not lost(journal.acknowledged, events)
    assert not doubled(events)
    assert not uninvited(journal.sent, events)
    assert not broken_links(administrator_of(before.url), place.organisation)
    print(
        f"{len(journal.acknowledged)} saves, {journal.requests} requests, {dict(journal.statuses)}, outages {journal.outages}"
    )
