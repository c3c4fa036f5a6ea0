"""Among five thousand organisations, whose rows fill every table, no page of one of them reads a table from end to end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from benchmarks.planted import plant
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from psycopg import sql

from palier.accounts import sessions, store
from palier.app import create_app
from palier.foundation.database import WEB, only_reading, transaction
from palier.foundation.settings import read_settings
from tests.browser import atlas
from tests.browser.atlas import CLAIRE, GAELLE, GUEST, HUGO, INES, MALIK, SOPHIE, Place
from tests.cli.crowding import crowd
from tests.cli.test_many_processes import administrator_of
from tests.cli.weighing import Read, weighing
from tests.demonstration import Demonstration, copied
from tests.roles import pool_over

pytestmark = [pytest.mark.database, pytest.mark.long]

ORGANISATIONS = COPIES = 5_000
MOST = 2_000
"""Rows one statement may read from end to end of a table that holds five thousand or more."""
MOST_BY_INDEX = 25_000

COUNTED = ("release_row",)
"""Read whole on purpose: an edition of the network whose staff looks at all of its cohorts."""


@dataclass(frozen=True, slots=True)
class Town:
    """The application over the crowded database, who opens which page, and their sessions."""

    app: Litestar
    address: str
    places: tuple[Place, ...]
    sessions: dict[str, str]


@pytest.fixture(scope="module")
def crowded(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """The demonstration, and five thousand organisations beside those in it."""
    with copied(seeded, "plans", tmp_path_factory.mktemp("plans")) as copy:
        asyncio.run(atlas.plant_what_is_missing(copy))
        plant(copy.url, ORGANISATIONS, answered=0.05)
        crowd(administrator_of(copy.url), COPIES)
        _as_at_size(administrator_of(copy.url))
        yield copy


def _as_at_size(administrator: str) -> None:
    """Five thousand short rows are still read at once where a hundred of them are wanted; of a hundred thousand nobody would."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set random_page_cost = 0.5").format(name))


@pytest.fixture(scope="module")
async def town(app: Litestar, crowded: Demonstration) -> AsyncIterator[Town]:
    ids = await atlas.ids_of(crowded)
    settings = read_settings(crowded.environment())
    async with pool_over(crowded.url, WEB):
        opened = {GAELLE: atlas.SESSION}
        for who in (CLAIRE, INES, HUGO, SOPHIE, MALIK):
            async with transaction(None):
                person = await store.Person.get(email=who)
                opened[who] = await sessions.open_session(person.id, "test")
        yield Town(create_app(settings), settings.public_url, tuple(_places(crowded, ids)), opened)


def _places(demonstration: Demonstration, ids: dict[str, str]) -> Iterator[Place]:
    """Every page but those of the platform's staff, who count everything there is, and of throw-away copies."""
    for who, route in atlas._routes(demonstration):
        if who not in (GUEST, GAELLE) and not atlas.missing(route, ids):
            yield Place(who, atlas.address_of(route, ids), route)
    for who, address in atlas.VARIANTS:
        if who not in (GUEST, GAELLE):
            yield Place(who, address.format(**ids), address)


async def test_no_page_reads_a_table_of_many_from_end_to_end(town: Town):
    found: list[str] = []
    with weighing() as scales:
        for place in town.places:
            reads = await _open(town, place, scales.take)
            found += [f"{place}: {read}" for read in reads if _too_much(read)]
        assert scales.statements > len(town.places)
    assert not found, "\n".join(found)


async def _open(town: Town, place: Place, take) -> list[Read]:
    """What a page read; it is answered, by whatever kind of page."""
    only_reading.set(False)
    transport = ASGITransport(app=town.app)
    async with AsyncClient(
        transport=transport, base_url=town.address, timeout=60, headers={"accept-language": "fr"}
    ) as browser:
        if place.who:
            browser.cookies.set("session", town.sessions[place.who])
        take()
        answer = await browser.get(place.address)
        assert answer.status_code < 500, place
        return take()


def _too_much(read: Read) -> bool:
    return read.from_end_to_end > MOST or (read.by_index > MOST_BY_INDEX and read.table not in COUNTED)


async def test_a_statement_without_its_index_would_be_noticed(town: Town, crowded: Demonstration):
    """The scales weigh what stands in functions and policies too: here, a count that no index helps."""
    with weighing() as scales:
        async with transaction(None):
            await store.Person.filter(locale="nowhere").count()
        assert any(_too_much(read) for read in scales.take())


def test_the_scales_name_the_table(tmp_path: Path):
    assert (
        str(Read("select  1", "person", 12_000, 3))
        == "person: 12,000 from end to end, 3 by an index: select 1"
    )
