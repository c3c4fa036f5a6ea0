"""Signing in by a mailed link, and the letters that tell of a new browser."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
from litestar import Litestar

from palier.foundation import clock
from tests.accounts.test_signing_in import CLAIRE, coming_from, with_password, without_tokens  # noqa: F401
from tests.conftest import Browser, Cast

Run = Callable[[], Awaitable[None]]
ASK = {"email": "claire@example.org", "next": "/account"}


async def links_in(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch("select text from mail where kind = 'sign_in' order by created_at")
    found = [re.search(r"/signin/link/\S+", row["text"]) for row in rows]
    return [one[0] for one in found if one]


async def test_a_link_signs_in_once_in_the_browser_that_asked_for_it(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection, run_jobs: Run
) -> None:
    async with visit(None) as browser, visit(None) as elsewhere:
        assert (await browser.send_form("/signin/link", ASK)).headers["location"] == "/signin/link/sent"
        await run_jobs()
        (link,) = await links_in(owner)
        for where, codes in ((elsewhere, (403, 403)), (browser, (200, 303))):
            assert (await where.get(link)).status_code == codes[0]  # looking uses nothing up
            answer = await where.send_form(link)
            assert answer.status_code == codes[1]
        assert answer.headers["location"] == "/account"
        assert "par un lien reçu" in (await browser.get("/account/security")).text
        browser.cookies.delete("session")
        assert (await browser.send_form(link)).status_code == 410


async def test_a_newer_link_ends_the_older_one_of_its_browser_and_nobody_else_s(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection, run_jobs: Run
) -> None:
    async with visit(None) as browser, visit(None) as attacker:
        await browser.send_form("/signin/link", ASK)
        await browser.send_form("/signin/link", ASK)
        await run_jobs()
        await attacker.send_form("/signin/link", ASK)
        await run_jobs()
        codes = [(await browser.get(link)).status_code for link in await links_in(owner)]
        assert sorted(codes) == [200, 403, 410]
        clock.freeze(clock.now() + timedelta(minutes=16))
        codes = [(await browser.get(link)).status_code for link in await links_in(owner)]
        assert codes == [410, 410, 410]


async def test_asking_for_a_link_tells_nothing_and_has_its_limits(
    with_password: Cast, stage: Litestar, owner: asyncpg.Connection, run_jobs: Run
) -> None:
    async with coming_from(stage, "198.51.100.9") as browser:
        known = await browser.send_form("/signin/link", ASK)
        unknown = await browser.send_form("/signin/link", ASK | {"email": "nobody@example.org"})
        assert (known.status_code, known.headers["location"]) == (
            unknown.status_code,
            unknown.headers["location"],
        )
        assert (await browser.get("/signin/link/sent")).text.count("claire@") == 0
        codes = [(await browser.send_form("/signin/link", ASK)).status_code for _ in range(10)]
        assert codes == [303] * 8 + [429] * 2
    await run_jobs()
    recipients = {row["recipient"] for row in await owner.fetch("select recipient from mail")}
    assert recipients == {"claire@example.org"}


async def test_a_browser_never_used_before_is_told_to_its_owner_and_the_first_of_all_is_not(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    letters = "select count(*) from mail where kind = 'new_browser'"
    async with visit(None) as first, visit(None) as second:
        await first.send_form("/signin", CLAIRE)
        await first.send_form("/signin", CLAIRE)
        assert await owner.fetchval(letters) == 0
        await second.send_form("/signin", CLAIRE)
        await second.send_form("/signin", CLAIRE)
        await first.send_form("/signin", CLAIRE)
        assert await owner.fetchval(letters) == 1
        assert await owner.fetchval("select count(*) from known_browser") == 2
        stored = {row["fingerprint"] for row in await owner.fetch("select fingerprint from known_browser")}
        assert not stored & {first.cookies["browser"], second.cookies["browser"]}
