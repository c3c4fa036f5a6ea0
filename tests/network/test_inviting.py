"""Colleagues join by a mailed link, once, and only while it is meant."""

import re
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from palier.foundation import clock
from palier.foundation.actor import Actor
from tests.conftest import PASSWORD, Browser, Cast, Visitor

PEOPLE = "/o/transports-du-val/people"


async def mailed(owner: asyncpg.Connection, recipient: str, kind: str) -> str:
    """The first address on this site in the newest mail of that kind."""
    row = await owner.fetchrow(
        "select text from mail where recipient = $1 and kind = $2 order by created_at desc limit 1",
        recipient,
        kind,
    )
    found = re.search(r"https?://[^/\s]+(/\S+)", row["text"])
    assert found
    return found[1]


async def invite(browser: Visitor, emails: str, role: str = "contributor", **more: str) -> Any:
    return await browser.send_form(f"{PEOPLE}/invite", {"emails": emails, "role": role, **more})


@pytest.fixture
async def link(claire: Actor, visit: Browser, owner: asyncpg.Connection) -> str:
    """Claire has invited new@example.org as a contributor."""
    async with visit(claire) as browser:
        assert (await invite(browser, "new@example.org")).status_code == 303
    return await mailed(owner, "new@example.org", "invitation")


async def test_an_invitation_makes_a_member_with_the_role_offered(
    link: str, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(None) as browser:
        page = await browser.get(link)
        assert "Transports du Val" in page.text
        assert "Claire Lambert" in page.text
        answer = await browser.send_form(
            link, {"name": "Léa Roux", "password": PASSWORD, "role": "owner", "email": "other@example.org"}
        )
        assert answer.headers["location"] == "/o/transports-du-val"
        assert (await browser.get(PEOPLE)).status_code == 200
    row = await owner.fetchrow(
        "select p.email, p.email_confirmed_at, m.role from membership m join person p on p.id = m.person_id where p.name = 'Léa Roux'"
    )
    assert (row["email"], row["role"]) == ("new@example.org", "contributor")
    assert row["email_confirmed_at"]


async def test_an_invitation_is_accepted_once(link: str, nora: Actor, visit: Browser) -> None:
    async with visit(None) as browser:
        await browser.send_form(link, {"name": "Léa Roux", "password": PASSWORD})
    async with visit(nora) as browser:
        assert (await browser.get(link)).status_code == 410
        assert (await browser.send_form(link)).status_code == 410
        assert (await browser.get(PEOPLE)).status_code == 404


async def test_opening_the_link_changes_nothing(link: str, nora: Actor, visit: Browser) -> None:
    async with visit(nora) as browser:
        await browser.get(link)
        assert (await browser.get(PEOPLE)).status_code == 404


async def test_an_expired_invitation_opens_nothing(link: str, nora: Actor, visit: Browser) -> None:
    clock.freeze(clock.now() + timedelta(days=8))
    async with visit(None) as browser:
        assert (await browser.get(link)).status_code == 410
        answer = await browser.send_form(link, {"name": "Léa Roux", "password": PASSWORD})
        assert answer.status_code == 410


async def test_a_withdrawn_invitation_opens_nothing(
    link: str, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    invitation = await owner.fetchval("select id from invitation")
    async with visit(claire) as browser:
        await browser.send_form(f"{PEOPLE}/invitations/{invitation}/withdraw")
    async with visit(None) as browser:
        assert (await browser.get(link)).status_code == 410


async def test_sending_again_replaces_the_link(
    link: str, claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    invitation = await owner.fetchval("select id from invitation")
    async with visit(claire) as browser:
        await browser.send_form(f"{PEOPLE}/invitations/{invitation}/resend")
    fresh = await mailed(owner, "new@example.org", "invitation")
    assert fresh != link
    async with visit(None) as browser:
        assert (await browser.get(link)).status_code == 410
        assert (await browser.get(fresh)).status_code == 200


async def test_somebody_signed_in_with_another_account_chooses(
    link: str, nora: Actor, visit: Browser
) -> None:
    async with visit(nora) as browser:
        page = await browser.get(link)
        assert "nora@example.org" in page.text
        assert "new@example.org" in page.text
        answer = await browser.send_form("/signout", {"next": link})
        assert answer.headers["location"] == link


async def test_an_invitation_never_changes_the_password_of_an_account(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        await invite(browser, "nora@example.org")
    link = await mailed(owner, "nora@example.org", "invitation")
    async with visit(None) as browser:
        answer = await browser.send_form(link, {"name": "Mallory", "password": PASSWORD})
        assert answer.headers["location"] == f"/signin?next={link}"
    assert await owner.fetchval("select name from person where email = 'nora@example.org'") == "Nora Petit"


async def test_several_addresses_are_pasted_at_once(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    pasted = "Léa <lea@example.org>, Paul <paul@example.org>; Malik <malik@example.org>"
    async with visit(claire) as browser:
        await invite(browser, pasted, "reader")
    rows = await owner.fetch("select email, role from invitation order by email")
    assert [tuple(row) for row in rows] == [("lea@example.org", "reader"), ("paul@example.org", "reader")]


async def test_one_wrong_address_sends_nothing_and_keeps_what_was_typed(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        answer = await invite(browser, "lea@example.org not-an-address")
        assert answer.status_code == 422
        assert "lea@example.org not-an-address" in answer.text
    assert await owner.fetchval("select count(*) from invitation") == 0


async def test_a_name_cannot_write_the_mail(claire: Actor, visit: Browser, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "update person set name = $1 where email = 'claire@example.org'", "Claire\nBcc: all@example.org"
    )
    async with visit(claire) as browser:
        await invite(browser, "new@example.org")
    assert "\n" not in await owner.fetchval("select subject from mail")


async def test_a_demonstration_writes_to_nobody(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "set session_replication_role = replica"
    )  # copies are born so; no trigger lets one become so
    await owner.execute("update organisation set sandbox_until = now() + interval '1 day'")
    async with visit(claire) as browser:
        assert (await invite(browser, "new@example.org")).status_code == 422
    assert await owner.fetchval("select count(*) from mail") == 0


async def test_only_some_invite(cast: Cast, sophie: Actor, malik: Actor, nora: Actor, visit: Browser) -> None:
    for who, expected in ((sophie, 403), (malik, 403), (nora, 404)):
        async with visit(who) as browser:
            assert (await invite(browser, "new@example.org")).status_code == expected


async def test_the_same_form_sent_twice_writes_once(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        operation = re.search(r'name="op" value="([^"]+)"', (await browser.get(PEOPLE)).text)
        assert operation
        answers = [await invite(browser, "new@example.org", op=operation[1]) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == [PEOPLE, PEOPLE]
    assert await owner.fetchval("select count(*) from mail where recipient = 'new@example.org'") == 1
