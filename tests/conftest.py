"""The cast and the stage: a private PostgreSQL, the application on it, and a few people everybody knows.

Claire Lambert leads at Transports du Val, Malik Ouali contributes, Sophie Denis reads. Nora Petit owns the Clinique du
Lac and is the stranger of every story. Hugo Martin is a consultant, Inès Caron runs the network.
"""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from litestar import Litestar
from playwright.async_api import Browser as Chromium
from playwright.async_api import async_playwright

from palier.accounts import sessions
from palier.accounts import store as accounts
from palier.app import create_app
from palier.foundation import actor as acting
from palier.foundation import clock, embedded_postgres, language
from palier.foundation.database import WEB, connect, credentials, disconnect, only_reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import queue
from palier.foundation.migrating import migrate
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings, read_settings
from palier.foundation.working import closing
from palier.jobs import jobs
from palier.network import store as network
from tests import postman
from tests.demonstration import Demonstration, create_database, seed_demonstration
from tests.scratch import close_the_run, first, of_the_run, open_the_run

hypothesis_settings.register_profile(
    "palier",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("palier")


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("PALIER_CHROMIUM") or next(filter(None, map(which, BROWSERS)), None)
"""The browser of the browser tests: the one without windows needs half of the processor time (bin/setup.py)."""

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--force-color-profile=srgb",
]  # fmt: skip


# --- the run: one process, or one that hands the tests out to others -------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    # Thousands of tests keep a million objects alive; looking through them all again and again took a sixth of the run.
    gc.set_threshold(100_000, 20, 100)
    if not hasattr(config, "workerinput"):
        open_the_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        close_the_run()


SLOWEST = (
    "browser/test_html.py", "cli/test_kills.py", "cli/test_serve.py", "questionnaires/test_workbook.py",
    "security/test_requests.py", "browser/test_accessibility.py", "browser/test_swap_equals_reload.py",
    "browser/test_answering_races.py", "respondents/test_answering_together.py", "assessments/test_forms_brought_back.py",
    "single_sign_on/test_signing_on.py", "cli/test_procfile.py", "accounts/test_signing_in.py", "accounts/test_passkeys.py",
    "assessments/test_two_editors.py",
)  # fmt: skip
"""The first of them seeds the demonstration; the next three need none, so that no process waits for it."""

SLOWEST_OF_LONG = (
    "cli/test_many_kills.py", "respondents/test_answering_together.py", "billing/test_real_stripe.py",
    "browser/test_accessibility.py", "cli/test_upgrading.py", "reports/test_hostile.py", "browser/test_many_rows.py",
    "cli/test_plans.py", "browser/test_html.py", "reports/test_worker_deaths.py", "browser/test_swap_equals_reload.py",
    "benchmarks/test_attacks.py", "reports/test_pages.py", "security/test_supply.py", "cli/test_kills.py", "cli/test_watched.py",
)  # fmt: skip
"""A process that begins with one test is given a second file at once: that of the kills gets the third, which takes no time."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The files that take longest go first: begun last, one of them would keep the run waiting alone."""
    slowest = SLOWEST_OF_LONG if config.option.markexpr == "long" else SLOWEST

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((rank for rank, file in enumerate(slowest) if path.endswith(file)), len(slowest))

    items.sort(key=place)


# --- the stage ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The owner's address of a private PostgreSQL that lives as long as the run, or TEST_DATABASE_URL."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with embedded_postgres.running(of_the_run(), say=lambda _: None) as private:
        yield private.url


@pytest.fixture(scope="session")
async def migrated(cluster: str) -> str:
    """A database of this process's own, with every table: a copy of one that nobody opens."""
    if os.environ.get("TEST_DATABASE_URL"):
        await migrate(cluster)
        return cluster
    with first("migrated") as nobody_has:
        if nobody_has:
            await migrate(create_database(cluster, "migrated"))
    cluster = create_database(cluster, f"stage_{os.getpid()}", template="migrated")
    administrator = await _administrator(cluster)
    # What a power cut does to a commit is told on clusters of their own (tests/cli); here it would only cost minutes.
    await administrator.execute(f'alter database "{urlsplit(cluster).path[1:]}" set synchronous_commit = off')
    await administrator.close()
    return cluster


@pytest.fixture(scope="session")
def settings(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings(
        {"PALIER_DATABASE_URL": migrated, "PALIER_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    )


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Litestar]:
    """The application, its pool open for the whole run under the web role."""
    await connect(str(settings.database_url), WEB, maxsize=10)
    yield create_app(settings)
    await disconnect()


async def _administrator(url: str) -> asyncpg.Connection:
    """The private cluster's superuser, whom row-level security does not bind; a given database's own user otherwise."""
    given = credentials(url)
    user = given["user"] if os.environ.get("TEST_DATABASE_URL") else "postgres"
    return await asyncpg.connect(
        **{key: given[key] for key in ("host", "port", "password", "database")}, user=user
    )


Wipe = Callable[[], Awaitable[None]]


@pytest.fixture(scope="session")
async def wipe(migrated: str) -> AsyncIterator[Wipe]:
    """Empties every table; on one connection for the whole run, because opening one takes longer than the deleting."""
    owner = await _administrator(migrated)
    tables = await owner.fetch(
        "select tablename from pg_tables where schemaname = 'public' and tablename not like 'tortoise%' and tablename <> 'procrastinate_workers'"
    )
    deletes = "; ".join(f'delete from "{row["tablename"]}"' for row in tables)
    await owner.execute("set session_replication_role = replica")
    # A function, for its plans are kept: to plan so many statements takes five times as long as to find nothing to delete.
    await owner.execute(
        f"create function pg_temp.wipe() returns void language plpgsql as $$begin {deletes}; end$$"
    )

    async def wiped() -> None:
        await owner.execute("select pg_temp.wipe()")

    yield wiped
    await owner.close()


@pytest.fixture
async def stage(app: Litestar, wipe: Wipe) -> AsyncIterator[Litestar]:
    """The application over an empty database; every test that touches rows asks for it, directly or through the cast."""
    only_reading.set(False)
    language.use("fr")
    clock.freeze(None)
    yield app
    clock.freeze(None)
    await wipe()


@pytest.fixture
async def owner(stage: Litestar, migrated: str) -> AsyncIterator[asyncpg.Connection]:
    """The database as its administrator sees it: row-level security aside. For looking and for playing the villain."""
    connection = await _administrator(migrated)
    yield connection
    await connection.close()


@pytest.fixture
def run_jobs(settings: Settings, stage: Litestar) -> Callable[[], Awaitable[None]]:
    """Do all the work that waits, as the worker would (in this process, under the same queue)."""

    async def run() -> None:
        only_reading.set(False)  # a GET answered in this very context may have set it
        known = jobs(settings)
        app = queue(str(settings.database_url), known, by_the_clock=False)
        async with closing(known), app.open_async():
            await app.run_worker_async(
                wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )

    return run


server, standing, deliver = postman.server, postman.standing, postman.deliver


@pytest.fixture(scope="session")
def seeded(cluster: str) -> Demonstration:
    """The demonstration, seeded once a run as `palier demo` does. Nobody opens it: tests work on `copied(seeded, ...)`."""
    return seed_demonstration(cluster)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    """One chromium for the whole run; each test opens contexts of its own."""
    if CHROMIUM is None:
        pytest.skip("chromium is missing: apt-get install chromium-headless-shell")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


# --- the cast -------------------------------------------------------------------------------------------------------

PASSWORD = "correct horse battery staple"


@dataclass
class Cast:
    """Everybody and everything most stories need. Organisations are `Actor`s' organisations, people are persons."""

    people: dict[str, acting.Person] = field(default_factory=dict)
    organisations: dict[str, acting.Organisation] = field(default_factory=dict)

    def actor(self, person: str, organisation: str, role: Role = Role.LEAD) -> acting.Actor:
        return acting.Actor(self.people[person], self.organisations[organisation], role)


async def plant_person(name: str, email: str, **values: Any) -> acting.Person:
    async with transaction(None):
        row = await accounts.Person.create(
            id=new_id(), name=name, email=email, email_confirmed_at=clock.now(), **values
        )
    return acting.Person(row.id, row.name, row.email, row.locale)


async def plant_organisation(
    name: str, slug: str, founder: acting.Person, **values: Any
) -> acting.Organisation:
    organisation = acting.Organisation(new_id(), slug, name)
    facts = {
        "family": "transport",
        "sector": "passenger_transport",
        "size": "250-999",
        "country": "FR",
        "legal_kind": "public_company",
    }
    async with transaction(acting.Actor(founder, organisation, Role.OWNER)):
        await network.Organisation.create(id=organisation.id, slug=slug, name=name, **(facts | values))
        await network.Membership.create(
            organisation_id=organisation.id, person_id=founder.person_id, role=Role.OWNER
        )
    return organisation


async def plant_member(actor: acting.Actor, person: acting.Person, role: Role) -> None:
    async with transaction(actor):
        await network.Membership.create(
            organisation_id=actor.organisation_id, person_id=person.person_id, role=role
        )


@pytest.fixture
async def cast(stage: Litestar) -> Cast:
    """Transports du Val with Claire (owner), Malik (contributor), Sophie (reader); Clinique du Lac with Nora; Hugo and Inès."""
    cast = Cast()
    names = {
        "claire": "Claire Lambert",
        "malik": "Malik Ouali",
        "sophie": "Sophie Denis",
        "nora": "Nora Petit",
        "hugo": "Hugo Martin",
        "ines": "Inès Caron",
    }
    for key, name in names.items():
        cast.people[key] = await plant_person(name, f"{key}@example.org")
    cast.organisations["valley"] = await plant_organisation(
        "Transports du Val", "transports-du-val", cast.people["claire"]
    )
    cast.organisations["clinic"] = await plant_organisation(
        "Clinique du Lac", "clinique-du-lac", cast.people["nora"], family="health", sector="private_clinic"
    )
    claire = cast.actor("claire", "valley", Role.OWNER)
    await plant_member(claire, cast.people["malik"], Role.CONTRIBUTOR)
    await plant_member(claire, cast.people["sophie"], Role.READER)
    return cast


@pytest.fixture
def claire(cast: Cast) -> acting.Actor:
    return cast.actor("claire", "valley", Role.OWNER)


@pytest.fixture
def malik(cast: Cast) -> acting.Actor:
    return cast.actor("malik", "valley", Role.CONTRIBUTOR)


@pytest.fixture
def sophie(cast: Cast) -> acting.Actor:
    return cast.actor("sophie", "valley", Role.READER)


@pytest.fixture
def nora(cast: Cast) -> acting.Actor:
    """The stranger: owner elsewhere."""
    return cast.actor("nora", "clinic", Role.OWNER)


async def plant_mandate(grantor: acting.Actor, consultant: acting.Person, days: int = 90) -> UUID:
    async with transaction(grantor):
        row = await network.Mandate.create(
            id=new_id(), organisation_id=grantor.organisation_id, consultant_id=consultant.person_id,
            granted_by_id=grantor.person_id, ends_on=date.today() + timedelta(days=days),  # noqa: DTZ011
        )  # fmt: skip
    return row.id


# --- browsers without a screen --------------------------------------------------------------------------------------

Browser = Callable[[acting.Actor | acting.Person | None], AbstractAsyncContextManager[AsyncClient]]


async def _session_of(person: acting.Person, second_factor: bool) -> str:
    """Opened by the clock on the wall: the database ends sessions by its own, wherever a test has stopped ours."""
    clock.freeze(None)
    async with transaction(None):
        return await sessions.open_session(person.person_id, "test", second_factor=second_factor)


class Visitor(AsyncClient):
    """An HTTP client that carries its CSRF token like our pages do."""

    async def sign_in(self, person: acting.Person, *, second_factor: bool = False) -> None:
        """As somebody, with no password asked."""
        only_reading.set(False)  # a GET answered in this very context may have set it
        secret = await asyncio.create_task(
            _session_of(person, second_factor)
        )  # the test's own clock stays as it is
        self.cookies.set("session", secret, domain="palier.test")

    async def send_form(self, address: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """POST a form the way a page without JavaScript would."""
        token = "__Host-csrftoken" if self.base_url.scheme == "https" else "csrftoken"
        if token not in self.cookies:
            await self.get("/fr/")
        return await self.post(address, data={"_csrf_token": self.cookies[token], **(data or {})}, **options)


@pytest.fixture
def visit(stage: Litestar) -> Browser:
    """`async with visit(claire) as browser:` a browser signed in as somebody, or as nobody with None."""

    @asynccontextmanager
    async def open_browser(who: acting.Actor | acting.Person | None) -> AsyncIterator[Visitor]:
        person = who.person if isinstance(who, acting.Actor) else who
        async with Visitor(
            transport=ASGITransport(app=stage),
            base_url="http://palier.test",
            headers={"accept-language": "fr"},
        ) as browser:
            if person:
                await browser.sign_in(person)
            yield browser

    return open_browser


@pytest.fixture(scope="session")
def jsonschema() -> Any:
    """The library, brought in where it is needed: reading its grammars of addresses takes seconds of every process."""
    return import_module("jsonschema")


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]
