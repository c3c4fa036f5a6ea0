"""Roles change within reach, an owner always stays, and a mandate ends when it ends."""

import re
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.permissions import Role
from tests.conftest import Browser, Cast, Visitor, plant_mandate, plant_member, plant_person

HERE = "/o/transports-du-val"
PEOPLE = f"{HERE}/people"


async def membership(owner: asyncpg.Connection, name: str) -> Any:
    return await owner.fetchval(
        "select m.id from membership m join person p on p.id = m.person_id where p.name = $1", name
    )


async def role_of(owner: asyncpg.Connection, name: str) -> Any:
    return await owner.fetchval(
        "select m.role from membership m join person p on p.id = m.person_id where p.name = $1", name
    )


async def test_an_owner_changes_a_role(claire: Actor, visit: Browser, owner: asyncpg.Connection) -> None:
    malik = await membership(owner, "Malik Ouali")
    async with visit(claire) as browser:
        answer = await browser.send_form(f"{PEOPLE}/members/{malik}/role", {"role": "lead"})
        assert answer.status_code == 303
    assert await role_of(owner, "Malik Ouali") == "lead"
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'network.role_changed'") == 1


async def test_the_last_owner_stays_owner(claire: Actor, visit: Browser, owner: asyncpg.Connection) -> None:
    mine = await membership(owner, "Claire Lambert")
    async with visit(claire) as browser:
        assert (await browser.send_form(f"{PEOPLE}/members/{mine}/role", {"role": "lead"})).status_code == 422
        assert (await browser.send_form(f"{PEOPLE}/members/{mine}/remove")).status_code == 422
    assert await role_of(owner, "Claire Lambert") == "owner"


async def test_a_lead_cannot_make_or_unmake_owners(
    cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    lead = await plant_person("Ada Lead", "ada@example.org")
    await plant_member(cast.actor("claire", "valley", Role.OWNER), lead, Role.LEAD)
    async with visit(lead) as browser:
        for name, role in (("Ada Lead", "owner"), ("Claire Lambert", "reader"), ("Malik Ouali", "root")):
            address = f"{PEOPLE}/members/{await membership(owner, name)}/role"
            assert (await browser.send_form(address, {"role": role})).status_code == 422
        assert (
            await browser.send_form(f"{PEOPLE}/members/{await membership(owner, 'Claire Lambert')}/remove")
        ).status_code == 422
        assert (
            await browser.send_form(f"{PEOPLE}/invite", {"emails": "x@example.org", "role": "owner"})
        ).status_code == 422
    assert [await role_of(owner, name) for name in ("Ada Lead", "Claire Lambert", "Malik Ouali")] == [
        "lead",
        "owner",
        "contributor",
    ]


async def test_somebody_removed_is_a_stranger_at_the_next_request(
    claire: Actor, sophie: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(sophie) as theirs, visit(claire) as browser:
        assert (await theirs.get(PEOPLE)).status_code == 200
        await browser.send_form(f"{PEOPLE}/members/{await membership(owner, 'Sophie Denis')}/remove")
        assert (await theirs.get(PEOPLE)).status_code == 404


async def test_a_stranger_cannot_touch_members_from_their_own_organisation(
    claire: Actor, nora: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    malik = await membership(owner, "Malik Ouali")
    async with visit(nora) as browser:
        answer = await browser.send_form(f"/o/clinique-du-lac/people/members/{malik}/remove")
        assert answer.status_code == 404
    assert await role_of(owner, "Malik Ouali") == "contributor"


async def test_a_reader_reads_and_changes_nothing(
    sophie: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    malik = await membership(owner, "Malik Ouali")
    async with visit(sophie) as browser:
        page = await browser.get(PEOPLE)
        assert page.status_code == 200
        assert "malik@example.org" not in page.text
        for address in (f"members/{malik}/role", f"members/{malik}/remove", "mandates", "invite"):
            assert (await browser.send_form(f"{PEOPLE}/{address}")).status_code == 403


# --- mandates -------------------------------------------------------------------------------------------------


async def grant(browser: Visitor, email: str, ends: date) -> Any:
    values = {"consultant": email, "ends-day": ends.day, "ends-month": ends.month, "ends-year": ends.year}
    return await browser.send_form(f"{PEOPLE}/mandates", {key: str(value) for key, value in values.items()})


async def test_a_consultant_acts_by_mandate_until_it_is_revoked(
    cast: Cast, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser, visit(cast.people["hugo"]) as consultant:
        assert (await consultant.get(PEOPLE)).status_code == 404
        assert (
            await grant(browser, "hugo@example.org", clock.today() + timedelta(days=30))
        ).status_code == 303
        page = await consultant.get(PEOPLE)
        assert page.status_code == 200
        assert "Vous agissez pour Transports du Val" in page.text
        assert (
            await consultant.send_form(f"{PEOPLE}/invite", {"emails": "x@example.org"})
        ).status_code == 403
        mandate = await owner.fetchval("select id from mandate")
        await browser.send_form(f"{PEOPLE}/mandates/{mandate}/revoke")
        assert (await consultant.get(PEOPLE)).status_code == 404
    kinds = [row["kind"] for row in await owner.fetch("select kind from mail order by created_at")]
    assert kinds == ["mandate_granted", "mandate_revoked"]


async def test_a_mandate_that_ran_out_opens_nothing(cast: Cast, claire: Actor, visit: Browser) -> None:
    await plant_mandate(claire, cast.people["hugo"], days=-1)
    async with visit(cast.people["hugo"]) as consultant:
        assert (await consultant.get(PEOPLE)).status_code == 404


async def test_granting_again_moves_the_end(claire: Actor, visit: Browser, owner: asyncpg.Connection) -> None:
    later = clock.today() + timedelta(days=200)
    async with visit(claire) as browser:
        await grant(browser, "hugo@example.org", clock.today() + timedelta(days=30))
        await grant(browser, "hugo@example.org", later)
    assert [row["ends_on"] for row in await owner.fetch("select ends_on from mandate")] == [later]


@pytest.mark.parametrize("days", [-1, 4000])
async def test_a_mandate_ends_neither_before_today_nor_in_ten_years(
    claire: Actor, visit: Browser, owner: asyncpg.Connection, days: int
) -> None:
    async with visit(claire) as browser:
        answer = await grant(browser, "hugo@example.org", clock.today() + timedelta(days=days))
        assert answer.status_code == 422
    assert await owner.fetchval("select count(*) from mandate") == 0


async def test_granting_tells_nobody_whether_an_account_exists(claire: Actor, visit: Browser) -> None:
    pages = []
    async with visit(claire) as browser:
        for email in ("hugo@example.org", "nobody@example.org"):
            answer = await grant(browser, email, clock.today() + timedelta(days=30))
            page = (await browser.get(PEOPLE)).text
            pages.append((answer.status_code, answer.headers["location"]))
            assert "Hugo Martin" not in page
            assert re.search(email, page)
    assert pages[0] == pages[1]


async def test_an_unknown_consultant_finds_the_mandate_after_signing_up(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        await grant(browser, "eva@example.org", clock.today() + timedelta(days=30))
    form = {"email": "eva@example.org", "name": "Eva Klein", "password": "quatre mots sans rapport 7"}
    async with visit(None) as consultant:
        await consultant.send_form("/signup", form)
        text = await owner.fetchval("select text from mail where kind = 'confirm_address'")
        token = re.search(r"/confirm/\S+", text)
        assert token
        await consultant.send_form(token[0])
        await consultant.send_form("/signin", form)
        assert (await consultant.get(PEOPLE)).status_code == 200
