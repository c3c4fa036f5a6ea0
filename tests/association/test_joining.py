"""A network is joined by its code or by an invitation; its staff verifies, refuses, and changes the code."""

import re

import asyncpg
import pytest

from palier.association.flows import joining
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from tests.association.conftest import NET
from tests.benchmarks.planting import Planted, enrol
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser


async def test_a_code_opens_a_request_that_the_staff_verifies(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    owner: asyncpg.Connection,
    manager: NetworkActor,
) -> None:
    async with visit(ines) as browser:
        await browser.send_form(f"{NET}/members/code")
    async with reading(manager):
        code = await joining.door_of(manager)
    async with visit(claire) as browser:
        there = await browser.send_form("/join", {"code": code.lower().replace("-", "")})
        assert "Rejoindre Réseau excellence" in plain((await browser.get(there.headers["location"])).text)
        asked = {"organisation": str(claire.organisation_id)}
        assert (await browser.send_form(there.headers["location"], asked)).status_code == 303
        assert (await browser.send_form(there.headers["location"], asked)).status_code == 303
    row = await owner.fetchrow(
        "select * from network_member where organisation_id = $1", claire.organisation_id
    )
    assert row["verified_at"] is None
    async with visit(ines) as browser:
        await browser.send_form(f"{NET}/members/{row['id']}/remove")
        await browser.send_form(f"{NET}/members/code")
    async with visit(claire) as browser:
        assert (await browser.get(f"/join/{code}")).status_code == 404
        assert (await browser.send_form("/join", {"code": code})).status_code == 422
    assert await owner.fetchval("select left_on is not null from network_member where id = $1", row["id"])


async def test_an_invitation_ties_the_organisation_to_its_entry_and_works_once(
    visit: Browser, network: Planted, ines: Person, claire: Actor, nora: Actor, owner: asyncpg.Connection
) -> None:
    form = {
        "op": str(new_id()),
        "name": "Régie du Val",
        "email": "claire@example.org",
        "sector": "rail",
        "invite": "1",
    }
    async with visit(ines) as browser:
        await browser.send_form(f"{NET}/members/new", form)
    link = re.search(r"(/join/\S+)", await owner.fetchval("select text from mail"))
    assert link
    async with visit(claire) as browser:
        assert "invite Régie du Val" in plain((await browser.get(link[1])).text)
        await browser.send_form(link[1], {"organisation": str(claire.organisation_id)})
    tied = await owner.fetchrow("select organisation_id, name, sector from register_entry")
    assert tuple(tied) == (claire.organisation_id, "Régie du Val", "rail")
    async with visit(nora) as browser:
        assert (await browser.get(link[1])).status_code == 404


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "x" * 60, "'; drop table"])
async def test_a_code_nobody_gave_opens_nothing(
    visit: Browser, network: Planted, claire: Actor, code: str
) -> None:
    async with visit(claire) as browser:
        assert (await browser.send_form("/join", {"code": code})).status_code == 422


async def test_a_verified_member_that_enters_the_code_again_is_told_so(
    visit: Browser, network: Planted, claire: Actor, owner: asyncpg.Connection, manager: NetworkActor
) -> None:
    await enrol(owner, network, claire.organisation_id)
    code = await joining.turn_key(manager)
    async with visit(claire) as browser:
        answer = await browser.send_form(f"/join/{code}", {"organisation": str(claire.organisation_id)})
        assert "est déjà adhérent" in (await browser.get(answer.headers["location"])).text
    assert (
        await owner.fetchval("select count(*) from audit_entry where verb = 'network.membership_requested'")
        == 0
    )


async def test_nobody_joins_with_an_organisation_that_is_not_theirs(
    visit: Browser,
    network: Planted,
    ines: Person,
    claire: Actor,
    nora: Actor,
    owner: asyncpg.Connection,
    manager: NetworkActor,
) -> None:
    code = await joining.turn_key(manager)
    async with visit(nora) as browser:
        answer = await browser.send_form(f"/join/{code}", {"organisation": str(claire.organisation_id)})
    assert answer.status_code == 422
    assert await owner.fetchval("select count(*) from network_member") == 20
