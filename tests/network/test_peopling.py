"""Roles change within reach, an owner always stays, and a mandate ends when it ends."""

import re
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from palier.foundation import audit, clock
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.network.flows import recalling
from tests.conftest import Browser, Cast, Visitor, plant_mandate, plant_member, plant_person
from tests.roles import as_the_worker

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


async def grant(browser: Visitor, email: str, ends: date, **more: str) -> Any:
    values = more | {
        "consultant": email,
        "ends-day": ends.day,
        "ends-month": ends.month,
        "ends-year": ends.year,
    }
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
        for ends_on in (clock.today() + timedelta(days=30), later, later):
            await grant(browser, "hugo@example.org", ends_on)
    assert [row["ends_on"] for row in await owner.fetch("select ends_on from mandate")] == [later]
    kinds = [row["kind"] for row in await owner.fetch("select kind from mail order by created_at")]
    assert kinds == ["mandate_granted", "mandate_changed"]
    verbs = await owner.fetch("select verb from audit_entry where verb like 'network.mandate%' order by seq")
    assert [row["verb"] for row in verbs] == ["network.mandate_granted", "network.mandate_changed"]


async def test_a_mandate_of_more_than_two_years_is_asked_about_once_more(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    far = clock.today() + timedelta(days=900)
    async with visit(claire) as browser:
        asked = await grant(browser, "hugo@example.org", far)
        assert asked.status_code == 422
        assert 'name="meant"' in asked.text
        assert await owner.fetchval("select count(*) from mandate") == 0
        assert (await grant(browser, "hugo@example.org", far, meant="yes")).status_code == 303


async def test_the_owner_moves_the_end_and_sees_what_was_done(
    cast: Cast, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    hugo = cast.people["hugo"]
    mandate = await plant_mandate(claire, hugo)
    acting = Actor(hugo, claire.organisation, Role.CONSULTANT, mandate)
    async with transaction(acting):
        await audit.record(acting, "assessments.answered", "answer x")
    until = clock.today() + timedelta(days=10)
    dated = {"ends-day": str(until.day), "ends-month": str(until.month), "ends-year": str(until.year)}
    async with visit(claire) as browser, visit(hugo) as consultant:
        assert "1 acte, le dernier le" in (await browser.get(PEOPLE)).text
        page = await browser.get(f"{PEOPLE}/mandates/{mandate}")
        assert "1 acte, le dernier le" in page.text
        assert (await consultant.get(f"{PEOPLE}/mandates/{mandate}")).status_code == 403
        assert "1 acte" not in (await consultant.get(PEOPLE)).text
        assert (await browser.send_form(f"{PEOPLE}/mandates/{mandate}/end", {})).status_code == 422
        assert (await browser.send_form(f"{PEOPLE}/mandates/{mandate}/end", dated)).status_code == 303
    assert await owner.fetchval("select ends_on from mandate") == until


async def test_both_sides_are_reminded_thirty_and_seven_days_before_the_end_and_once(
    cast: Cast, claire: Actor, owner: asyncpg.Connection, settings: Settings
) -> None:
    await plant_mandate(claire, cast.people["hugo"], days=30)
    await owner.execute("update mandate set created_at = now() - interval '90 days'")
    morning = clock.now().replace(hour=9)
    for days, letters in ((0, 2), (0, 2), (1, 2), (23, 4), (24, 4), (29, 4)):
        async with as_the_worker(settings):
            clock.freeze(morning + timedelta(days=days))
            await recalling.recall_due("https://palier.test")
        assert await owner.fetchval("select count(*) from mail") == letters, f"after {days} days"
    kinds = {(row["kind"], row["recipient"]) for row in await owner.fetch("select kind, recipient from mail")}
    assert kinds == {("mandate_ending", "hugo@example.org"), ("mandate_ending_owner", "claire@example.org")}


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
