"""Who may do what: the table of docs/permissions.md, tried at every address as everybody it speaks of.

A new route and a new role are swept without being asked. What a role lacks is asked over HTTP, at every address; of what it
holds the pages are opened, for carrying every act out would change the house under the sweep.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import asyncpg
import pytest
from httpx import Response

from palier.accounts import sessions
from palier.cli.permissions import PAGE, written
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.clock import now, today
from palier.foundation.database import only_reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Permission, Role
from tests.browser import atlas
from tests.conftest import plant_organisation, plant_person
from tests.security.world import Browser, Spot, World

MEMBERS = (Role.OWNER, Role.LEAD, Role.CONTRIBUTOR, Role.READER)
CLOSED = ("a former member", "a revoked mandate", "an ended mandate", "an owner elsewhere", "network staff")
"""Who is told, at every address of the organisation, what somebody who mistyped it is told."""


@dataclass
class Cast:
    """One person for each place somebody may stand in, by name; their sessions are in the world."""

    world: World
    owner: asyncpg.Connection
    organisation: object

    async def person(self, name: str) -> object:
        person = await plant_person(name, f"{name.replace(' ', '.')}@rights.invalid")
        only_reading.set(False)
        async with transaction(None):
            self.world.sessions[name] = await sessions.open_session(
                person.person_id, "a sweep", second_factor=True
            )
        return person.person_id

    async def member(self, name: str, role: Role, organisation: object) -> object:
        person = await self.person(name)
        await self.owner.execute(
            "insert into membership (id, organisation_id, person_id, role, created_at) values ($1, $2, $3, $4, now())",
            new_id(), organisation, person, role,
        )  # fmt: skip
        return person

    async def consultant(self, name: str, *, ends_in: int, revoked: bool = False) -> None:
        person = await self.person(name)
        await self.owner.execute(
            "insert into mandate (id, organisation_id, consultant_id, granted_by_id, ends_on, revoked_at, created_at) "
            "values ($1, $2, $3, $3, $4, $5, now())",
            new_id(), self.organisation, person, today() + timedelta(days=ends_in), now() if revoked else None,
        )  # fmt: skip


@pytest.fixture(scope="module")
async def cast(world: World) -> AsyncIterator[Cast]:
    async with atlas.connection(world.demonstration) as owner:
        found = Cast(world, owner, await _id_of(owner, "transports-du-val"))
        for role in MEMBERS:
            await found.member(role, role, found.organisation)
        former = await found.member("a former member", Role.OWNER, found.organisation)
        await owner.execute("delete from membership where person_id = $1", former)
        await found.consultant(Role.CONSULTANT, ends_in=30)
        await found.consultant("a revoked mandate", ends_in=30, revoked=True)
        await found.consultant("an ended mandate", ends_in=-2)
        elsewhere = await owner.fetchval(
            "select id from organisation where slug <> 'transports-du-val' limit 1"
        )
        await found.member("an owner elsewhere", Role.OWNER, elsewhere)
        staff = await found.person("network staff")
        network = await owner.fetchval("select id from network where slug = $1", world.ids["net"])
        await owner.execute("insert into network_manager (id, network_id, person_id) values ($1, $2, $3)", new_id(), network, staff)  # fmt: skip
        other = new_id()
        await owner.execute(
            "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'voisin', 'Voisin', 5, false, now())", other
        )  # fmt: skip
        neighbour = await found.person("staff of another network")
        await owner.execute("insert into network_manager (id, network_id, person_id) values ($1, $2, $3)", new_id(), other, neighbour)  # fmt: skip
        yield found


async def _id_of(owner: asyncpg.Connection, slug: str) -> object:
    return await owner.fetchval("select id from organisation where slug = $1", slug)


def inside(world: World) -> list[Spot]:
    """Every method of every address of the organisation."""
    spots = [
        spot for spot in world.spots if "/o/{org" in spot.route and "/o/transports-du-val" in spot.address
    ]
    assert len(spots) > 150, "a sweep over nothing proves nothing"
    return spots


async def ask(browser: Browser, spot: Spot) -> Response:
    if spot.safe:
        return await browser.request(spot.method, spot.address)
    return await browser.submit(spot.method, spot.address, {"op": str(new_id()), "role": "owner", "title": "x", "reason": "x"})  # fmt: skip


# --- the table ------------------------------------------------------------------------------------------------------


def test_the_page_says_what_the_code_declares() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run `palier permissions --write`"


def table() -> dict[tuple[str, str], bool]:
    """Whether a role holds a permission, as the page says: the same table people read."""
    part = PAGE.read_text(encoding="utf-8").partition("## What a role grants")[2].partition("\n## ")[0]
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.strip().splitlines()
    ]
    return {
        (role, row[0]): cell == "yes"
        for row in rows
        for role, cell in zip(head[1:-1], row[1:-1], strict=True)
    }


def test_nobody_inside_an_organisation_runs_a_network_or_the_platform() -> None:
    held = {permission for (_, permission), yes in table().items() if yes}
    assert held == {*Permission} - {Permission.MANAGE_NETWORK, Permission.RUN_PLATFORM}


def test_each_role_of_members_holds_what_the_one_below_holds() -> None:
    said = table()
    for higher, lower in pairwise(MEMBERS):
        assert all(said[higher, each] >= said[lower, each] for each in Permission), (
            f"{lower} may more than {higher}"
        )


# --- what is granted, and what is not -------------------------------------------------------------------------------


def test_each_role_holds_what_the_table_says(world: World) -> None:
    said, person = table(), Person(new_id(), "x", "x@rights.invalid")
    needed = {spot.handler.opt["permission"] for spot in inside(world)}
    for role in Role:
        actor = Actor(person, Organisation(new_id(), "x", "X"), role)
        assert {each: actor.may(each) for each in needed} == {each: said[role, each] for each in needed}


@pytest.mark.parametrize("role", [*MEMBERS, Role.CONSULTANT])
async def test_a_role_is_refused_what_it_lacks_and_told_so(world: World, cast: Cast, role: Role) -> None:
    said = table()
    lacking = [spot for spot in inside(world) if not said[role, spot.handler.opt["permission"]]]
    assert bool(lacking) is (role is not Role.OWNER)
    async with world.visit(role) as browser:
        wrong = [
            f"{spot}: {answer.status_code}"
            for spot in lacking
            if (answer := await ask(browser, spot)).status_code != 403
        ]
    assert wrong == []


@pytest.mark.parametrize("role", [*MEMBERS, Role.CONSULTANT])
async def test_a_role_opens_every_page_it_may(world: World, cast: Cast, role: Role) -> None:
    said = table()
    pages = [
        spot for spot in inside(world) if spot.method == "GET" and said[role, spot.handler.opt["permission"]]
    ]
    wrong = []
    async with world.visit(role) as browser:
        for spot in pages:
            answer = await browser.get(spot.address)
            if answer.status_code in (401, 403, 500) or "/signin" in answer.headers.get("location", ""):
                wrong.append(f"{spot}: {answer.status_code}")
    assert wrong == []
    assert len(pages) > 60


@pytest.mark.parametrize("who", CLOSED)
async def test_who_does_not_belong_is_told_the_same_404_everywhere(
    world: World, cast: Cast, who: str
) -> None:
    wrong = []
    async with world.visit(who) as browser:
        unknown = _main(await browser.get("/o/nobody-at-all"))
        for spot in inside(world):
            answer = await ask(browser, spot)
            if answer.status_code != 404 or (spot.method == "GET" and _main(answer) != unknown):
                wrong.append(f"{spot}: {answer.status_code}")
    assert wrong == []


async def test_nobody_signed_in_gets_in_nowhere(world: World) -> None:
    wrong = []
    async with world.visit("") as browser:
        for spot in world.spots:
            if spot.handler.opt.get("audience") not in ("public", "asset"):
                answer = await ask(browser, spot)
                sent = "/signin" in answer.headers.get("location", "")
                if not (sent or answer.status_code in (401, 404)):
                    wrong.append(f"{spot}: {answer.status_code}")
    assert wrong == []


async def test_a_network_and_the_platform_are_for_their_staff_alone(world: World, cast: Cast) -> None:
    wrong, tried = [], 0
    for spot in world.spots:
        needed = spot.handler.opt.get("permission")
        if needed not in (Permission.MANAGE_NETWORK, Permission.RUN_PLATFORM):
            continue
        strangers = [Role.OWNER, Role.CONSULTANT, "staff of another network"]
        strangers += ["network staff"] if needed is Permission.RUN_PLATFORM else []
        for who in strangers:
            async with world.visit(who) as browser:
                answer = await ask(browser, spot)
                tried += 1
                if answer.status_code != 404:
                    wrong.append(f"{who} at {spot}: {answer.status_code}")
    assert wrong == []
    assert tried > 100


async def test_a_session_of_another_role_does_not_outlive_it(world: World, cast: Cast) -> None:
    """Demoted between two clicks: the next request is judged by what the person is now."""
    person = await cast.member("demoted", Role.OWNER, cast.organisation)
    async with world.visit("demoted") as browser:
        assert (await browser.get("/o/transports-du-val/settings")).status_code == 200
        await cast.owner.execute("update membership set role = 'reader' where person_id = $1", person)
        assert (await browser.get("/o/transports-du-val/settings")).status_code == 403
        await cast.owner.execute("delete from membership where person_id = $1", person)
        assert (await browser.get("/o/transports-du-val/settings")).status_code == 404


# --- lists ----------------------------------------------------------------------------------------------------------


async def test_lists_of_one_s_own_house_name_nobody_else_s_rows(world: World, cast: Cast) -> None:
    """A page that carries no id of a row cannot be refused: what it lists must be the house's own."""
    mark = "CanariDesListes"
    await cast.person("alone")
    row = await cast.owner.fetchrow("select id, name, email from person where name = 'alone'")
    only_reading.set(False)
    await plant_organisation("Maison vide", "maison-vide", Person(row["id"], row["name"], row["email"]))
    for table_name, column in await _texts(cast.owner):
        await cast.owner.execute(
            f'update "{table_name}" set "{column}" = $1 where organisation_id = $2', mark, cast.organisation
        )
    lists = [
        replace(spot, address=spot.address.replace("transports-du-val", "maison-vide"))
        for spot in inside(world)
        if spot.method == "GET" and re.findall(r"\{(\w+):", spot.route) == ["org"]
    ]
    assert len(lists) > 10
    queries = (
        "",
        f"?q={mark[:6]}",
        f"?status={mark[:6]}&sort={mark[:6]}&page=1",
    )  # pages repeat what was asked
    async with world.visit("alone") as browser:
        sang = [
            f"{spot}{query}"
            for spot in lists
            for query in queries
            if mark in (await browser.get(spot.address + query)).text
        ]
    assert sang == []


async def _texts(owner: asyncpg.Connection) -> list[tuple[str, str]]:
    """The free text columns of the tables that belong to an organisation and may be written over."""
    rows = await owner.fetch(
        "select c.table_name, c.column_name from information_schema.columns c join information_schema.columns o "
        "on o.table_name = c.table_name and o.column_name = 'organisation_id' where c.table_schema = 'public' "
        "and c.data_type in ('text', 'character varying') and c.column_name in ('title', 'name', 'note', 'text', 'finding', 'rationale', 'evidence') and c.table_name in "
        "('assessment', 'action_plan', 'action', 'report', 'evidence', 'topic_comment', 'report_preset', 'own_questionnaire')"
    )
    return [(row["table_name"], row["column_name"]) for row in rows]


def _main(answer: Response) -> str:
    """The page without what names its own address."""
    return answer.text.partition("<main")[2].partition("</main>")[0]


# --- when a query forgets whom it is for ----------------------------------------------------------------------------


async def test_a_query_without_a_condition_touches_the_reader_s_own_rows_alone(
    world: World, cast: Cast
) -> None:
    """Every table that names an organisation, asked as the web process asks, by somebody of another house."""
    tables = await _tables(cast.owner)
    stranger = Actor(Person(new_id(), "x", "x@rights.invalid"), Organisation(new_id(), "x", "X"), Role.OWNER)
    held, wrong = 0, []
    for name, may in tables.items():
        held += bool(await cast.owner.fetchval(f'select count(*) from "{name}"'))
        for verb, sql in _FORGETFUL.items():
            if verb in may and (touched := await _touched(stranger, sql.format(name))):
                wrong.append(f"{verb} of {touched} rows of {name}")
    assert wrong == []
    assert held > 25, "empty tables prove nothing"


_FORGETFUL = {
    "select": 'select 1 from "{0}"',
    "update": 'update "{0}" set organisation_id = organisation_id returning 1',
    "delete": 'delete from "{0}" returning 1',
}


async def _tables(owner: asyncpg.Connection) -> dict[str, set[str]]:
    """What the web process may do to each table that names an organisation."""
    rows = await owner.fetch(
        "select c.relname, array_remove(array[case when has_table_privilege('palier_web', c.oid, 'select') then 'select' end, "
        "case when has_table_privilege('palier_web', c.oid, 'update') then 'update' end, "
        "case when has_table_privilege('palier_web', c.oid, 'delete') then 'delete' end], null) as may "
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped "
        "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
    )
    assert len(rows) > 40
    return {row["relname"]: set(row["may"]) for row in rows}


class _Undone(Exception):
    """Ends a transaction that must leave nothing; its argument is the count of rows."""


async def _touched(actor: Actor, sql: str) -> int:
    """How many rows the statement would touch; nothing is kept."""
    only_reading.set(False)
    try:
        async with transaction(actor):
            raise _Undone(len(await select(sql)))
    except _Undone as undone:
        return int(undone.args[0])
