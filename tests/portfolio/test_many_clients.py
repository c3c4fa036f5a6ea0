"""A portfolio of many: three times the clients cost not one statement more, and each is still read as its own tenant."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from palier.assessments.store import Assessment
from palier.benchmarks.flows.comparing import peers
from palier.benchmarks.flows.contributing import collect
from palier.benchmarks.store import Edition
from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.rules.resolving import rights_from
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import reading, select
from palier.foundation.permissions import Role
from palier.foundation.rights import EVERYTHING, Rights
from palier.foundation.settings import Settings
from palier.portfolio.flows import glancing, placing
from palier.portfolio.flows.clients import load_page, load_portfolio
from palier.portfolio.rules.shown import PER_PAGE, SORTS, Query, Show, page_of, query_of
from tests.assessments.rounds import LEVELS_2025, LEVELS_2026, drafts, plant
from tests.benchmarks.planting import contribute, enrol, plant_campaign, plant_network, publish, submit_round
from tests.conftest import Browser, Cast, plant_mandate, plant_organisation, plant_person
from tests.portfolio.many import copy_clients, counting
from tests.portfolio.test_portfolio import plant_actions
from tests.roles import as_the_worker


@pytest.fixture
def hugo(cast: Cast) -> Person:
    return cast.people["hugo"]


@pytest.fixture
async def two(claire: Actor, nora: Actor, hugo: Person) -> tuple[Actor, Actor]:
    """Two clients: one with a round behind another, one open, and actions; one with a round."""
    await plant_actions(claire)
    await plant(claire, "2026", drafts(LEVELS_2026))
    await plant(claire, "2027", drafts("433 32"), submitted=False)
    await plant(nora, "2026", drafts(LEVELS_2025))
    for one in (claire, nora):
        await plant_mandate(one, hugo)
    return claire, nora


ASKED = (
    [Query(sort=sort) for sort in SORTS] + [Query(show=show) for show in Show] + [Query("val"), Query(page=2)]
)


async def test_three_times_the_clients_cost_not_one_statement_more(
    two: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    await copy_clients(owner, 1, 3)

    async def asked() -> dict[str, int]:
        found = {}
        for query in ASKED:
            await load_page(hugo, query)  # what is kept in the process is kept now
            with counting() as listening:
                await load_page(hugo, query)
            found[str(query)] = listening.statements
        with counting() as listening:
            await load_portfolio(hugo)
        return {**found, "whole": listening.statements}

    few = await asked()
    await copy_clients(owner, 4, 11)
    assert len(await load_portfolio(hugo)) == 24
    assert await asked() == few
    assert max(few.values()) <= 8, few


async def test_clients_never_seen_before_cost_not_one_statement_more_either(
    two: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    async def asked() -> int:
        with counting() as listening:
            assert all(client.standing for client in await load_portfolio(hugo))
        return listening.statements

    first = await asked()
    await copy_clients(owner, 1, 5)
    assert await asked() == first


async def test_copies_show_what_the_original_shows(
    two: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    await copy_clients(owner, 1, 2)
    valley = [one for one in await load_portfolio(hugo) if one.name.startswith("Transports")]
    told = {(one.round_name, one.progress, one.points, one.change, one.late, one.next_on) for one in valley}
    assert len(valley) == 3
    assert len(told) == 1
    assert valley[0].points
    assert valley[0].change


# --- the position: what the results page of each client would say ---------------------------------------------------------


@pytest.fixture
async def compared(
    claire: Actor, nora: Actor, hugo: Person, owner: asyncpg.Connection, settings: Settings
) -> dict[Actor, Assessment]:
    """Two clients of one network: one gave to its edition, the other submitted once it was out."""
    network = await plant_network(owner, 40)
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    rounds = {}
    for actor, level in ((claire, 4), (nora, 2)):
        await enrol(owner, network, actor.organisation_id)
        rounds[actor] = await submit_round(actor, campaign, level)
        if actor is claire:
            async with as_the_worker(settings):
                await collect(str(actor.organisation_id), str(rounds[actor].id))
            await publish(settings, campaign)
        await plant_mandate(actor, hugo)
    return rounds


async def told_by_results(hugo: Person, rounds: dict[Actor, Assessment], rights: Rights) -> list[int | None]:
    """The quarters that the results pages say to the consultant."""
    found = []
    for member, one in rounds.items():
        actor = replace(member, person=hugo, role=Role.CONSULTANT, rights=rights)
        async with reading(actor):
            view = await peers(actor, one)
        figure = view.figures.get("total") if view else None
        found.append(figure.quarter if figure else None)
    return found


async def positions(
    hugo: Person, rounds: dict[Actor, Assessment], offers: Offers | None = None
) -> list[int | None]:
    told = {one.organisation.id: one.quarter for one in await load_portfolio(hugo, offers)}
    return [told[actor.organisation_id] for actor in rounds]


async def test_the_position_is_what_the_results_page_of_each_client_says(
    compared: dict[Actor, Assessment], hugo: Person
) -> None:
    said = await told_by_results(hugo, compared, EVERYTHING)
    assert said == [4, 1]
    for _ in range(2):
        assert await positions(hugo, compared) == said


async def test_the_position_stays_with_the_client_s_own_offer(
    compared: dict[Actor, Assessment], hugo: Person, owner: asyncpg.Connection
) -> None:
    """A consultant's own offer opens no edition for a client whose offer does not."""
    offers = offers_in()
    nothing = rights_from([], Kind.ORGANISATION, offers, clock.now())
    said = await told_by_results(hugo, compared, nothing)
    assert said == [4, None]  # who gave figures reads what was made of them
    assert await positions(hugo, compared, offers) == said
    nora = list(compared)[1]
    await owner.execute(
        "insert into entitlement (id, organisation_id, offer, source, source_ref, valid_from, valid_to, created_at, updated_at) "
        "values (gen_random_uuid(), $1, 'anything', 'manual', 'x', now() - interval '9 days', $2, now(), now())",
        nora.organisation_id, datetime(2026, 12, 15, 12, tzinfo=UTC),
    )  # fmt: skip
    clock.freeze(datetime(2026, 12, 20, tzinfo=UTC))
    assert await positions(hugo, compared, offers) == await told_by_results(hugo, compared, nothing) == [4, 1]


async def test_a_consent_taken_back_takes_the_position_with_it(
    compared: dict[Actor, Assessment], hugo: Person, owner: asyncpg.Connection
) -> None:
    await positions(hugo, compared)
    claire = next(iter(compared))
    await owner.execute(
        "insert into consent select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'given', false, "
        "'in_time', true, 'said_at', now() + interval '1 day'))).* from consent c where organisation_id = $1", claire.organisation_id,
    )  # fmt: skip
    assert await positions(hugo, compared) == await told_by_results(hugo, compared, EVERYTHING) == [None, 1]


async def test_a_member_who_left_the_network_has_no_position(
    compared: dict[Actor, Assessment], hugo: Person, owner: asyncpg.Connection
) -> None:
    await positions(hugo, compared)
    claire = next(iter(compared))
    await owner.execute(
        "update network_member set left_on = current_date where organisation_id = $1", claire.organisation_id
    )
    assert await positions(hugo, compared) == await told_by_results(hugo, compared, EVERYTHING) == [None, 1]


# --- nobody else is read ---------------------------------------------------------------------------------------------


async def seen_by(person: Person, on: date) -> set[UUID]:
    async with reading(person):
        return set(await glancing.glances(on, sold=False))


async def test_only_clients_whose_mandate_runs_are_read(
    two: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    claire, nora = two
    stranger = await plant_person("Max Weber", "max@example.org")
    house = await plant_organisation("Ailleurs", "ailleurs", stranger)
    other = await plant_person("Léa Roy", "lea@example.org")
    await plant(Actor(stranger, house, Role.OWNER), "2026", drafts(LEVELS_2025))
    await plant_mandate(Actor(stranger, house, Role.OWNER), other)
    today = clock.today()
    assert await seen_by(hugo, today) == {claire.organisation_id, nora.organisation_id}
    assert await seen_by(other, today) == {house.id}
    for nobody in (stranger, claire.person, nora.person):  # owners hold no mandate, and see no client here
        assert await seen_by(nobody, today) == set()
    await owner.execute(
        "update mandate set revoked_at = now() where organisation_id = $1", nora.organisation_id
    )
    assert await seen_by(hugo, today) == {claire.organisation_id}
    assert await seen_by(hugo, today + timedelta(days=91)) == set()


async def test_a_round_is_not_read_by_naming_it(
    two: tuple[Actor, Actor], hugo: Person, owner: asyncpg.Connection
) -> None:
    """Of somebody else's client, of a client who ended the mandate, and of a client under another client's name."""
    claire, nora = two
    other = await plant_person("Léa Roy", "lea@example.org")
    rounds = {
        row["organisation_id"]: row["id"]
        for row in await owner.fetch("select * from assessment order by opens_on")
    }
    every, ids = list(rounds), list(rounds.values())
    sql = "select id, states, result from portfolio_rounds($1, $2, $3, '{}')"

    async def read(person: Person, organisations: list[UUID]) -> set[UUID]:
        async with reading(person):
            return {row["id"] for row in await select(sql, clock.today(), organisations, ids)}

    assert await read(hugo, every) == set(ids)
    assert await read(hugo, [claire.organisation_id]) == {rounds[claire.organisation_id]}
    assert await read(other, every) == set()
    assert await read(claire.person, every) == set()
    await owner.execute(
        "update mandate set revoked_at = now() where organisation_id = $1", nora.organisation_id
    )
    assert await read(hugo, every) == {rounds[claire.organisation_id]}


async def test_row_level_security_holds_within_and_afterwards(two: tuple[Actor, Actor], hugo: Person) -> None:
    """The functions see no more than their caller, and leave the caller's view as it was."""
    definers = "select proname from pg_proc where proname like 'portfolio\\_%' and prosecdef"
    for name in ("portfolio_glance($1, now(), true)", "portfolio_rounds($1, '{}', '{}', '{}')"):
        async with reading(hugo):
            assert await select(definers) == []
            assert await Assessment.all().count() == 0
            await select(f"select * from {name}", clock.today())
            assert await Assessment.all().count() == 0
            assert (await select("select current_setting('app.org', true) as org"))[0]["org"] == ""
        claire, _ = two
        async with reading(claire):
            await select(f"select * from {name}", clock.today())
            assert {row.organisation_id for row in await Assessment.all()} == {claire.organisation_id}


async def test_a_reader_of_editions_sees_none_that_is_not_the_clients(
    two: tuple[Actor, Actor], hugo: Person
) -> None:
    async with reading(hugo):
        assert await Edition.all().count() == 0
        assert all(
            glance.editions == () for glance in (await glancing.glances(clock.today(), sold=True)).values()
        )
    assert await placing.quarters([], frozenset()) == {}


async def test_two_consultants_at_once_each_see_their_own(two: tuple[Actor, Actor], hugo: Person) -> None:
    claire, nora = two
    other = await plant_person("Léa Roy", "lea@example.org")
    await plant_mandate(nora, other)
    found = await asyncio.gather(*(load_portfolio(person) for person in (hugo, other) * 4))
    names = [{client.organisation.id for client in clients} for clients in found]
    assert names == [{claire.organisation_id, nora.organisation_id}, {nora.organisation_id}] * 4


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clients", "asked", "number", "pages", "first"),
    [(0, 1, 1, 1, None), (50, 1, 1, 1, 0), (51, 1, 1, 2, 0), (51, 2, 2, 2, 50), (51, 9, 2, 2, 50)],
)
def test_a_page_beyond_the_last_is_the_last(
    clients: int, asked: int, number: int, pages: int, first: int | None
) -> None:
    shown, *place = page_of(list(range(clients)), asked)  # type: ignore[type-var]
    assert place == [number, pages]
    assert next(iter(shown), None) == first


@pytest.mark.parametrize("written", ["", "0", "-1", "x", "1e3", "999999999", "²"])
def test_a_page_that_is_no_number_is_the_first(written: str) -> None:
    assert query_of({"page": written}).page == 1


async def test_pages_keep_the_filter_and_the_order(
    two: tuple[Actor, Actor], hugo: Person, visit: Browser, owner: asyncpg.Connection
) -> None:
    await copy_clients(owner, 1, PER_PAGE + 4)
    async with visit(hugo) as browser:
        first = (await browser.get("/portfolio?q=val&sort=-score")).text
        second = (await browser.get("/portfolio?q=val&sort=-score&page=2")).text
        beyond = await browser.get("/portfolio?q=val&page=77")
        lines = (await browser.get("/portfolio/clients.csv?q=val&page=2")).text.splitlines()
    assert first.count('<tr role="row"><th role="rowheader"') == PER_PAGE
    assert second.count('<tr role="row"><th role="rowheader"') == 5
    assert "q=val&amp;sort=-score&amp;page=2" in first
    assert 'rel="prev" href="/portfolio?q=val&amp;sort=-score&amp;page=1"' in second
    assert 'aria-current="page"' in second
    assert "110 clients" in first
    assert beyond.status_code == 200
    assert len(lines) == PER_PAGE + 6
