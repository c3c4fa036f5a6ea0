"""An app, recovery codes, and what they ask of whoever signs in. Passkeys need a browser: test_passkeys.py."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from httpx import ASGITransport
from litestar import Litestar

from palier.accounts import codes
from palier.app import create_app
from palier.foundation import clock
from palier.foundation.sealing import unsealed
from palier.foundation.settings import Settings
from tests.accounts.test_signing_in import CLAIRE, coming_from, with_password  # noqa: F401  (a fixture)
from tests.conftest import PASSWORD, Browser, Cast, Visitor


async def set_up_app(browser: Visitor) -> tuple[str, list[str]]:
    """Set up an app as its owner would; its seed and the recovery codes shown."""
    assert (await browser.send_form("/account/app")).headers["location"] == "/account/app"
    page = (await browser.get("/account/app")).text
    found = re.search(r'<code class="copy">([A-Z2-7 ]+)</code>', page)
    assert found
    seed = found[1].replace(" ", "")
    shown = await browser.send_form("/account/app/confirm", {"code": codes.code_at(seed, clock.now())})
    assert shown.status_code == 200
    return seed, re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", shown.text)


def later(minutes: float) -> None:
    clock.freeze(clock.now() + timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def _at_noon() -> None:
    clock.freeze(clock.now())


async def test_an_app_counts_from_its_first_code_on_and_is_then_asked_for(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection, settings: Settings
) -> None:
    async with visit(with_password.people["claire"]) as browser:
        await browser.send_form("/account/app")
        wrong = await browser.send_form("/account/app/confirm", {"code": "000000"})
        assert wrong.status_code == 422
        async with visit(None) as meanwhile:  # a seed nobody confirmed asks for nothing
            assert (await meanwhile.send_form("/signin", CLAIRE)).headers["location"] == "/home"
        before = browser.cookies["session"]
        seed, recovery = await set_up_app(browser)
        assert len(set(recovery)) == 10
        assert (
            browser.cookies["session"] != before
        )  # the session's secret changes with the rights it stands for
        assert "Restent 10 codes" in (await browser.get("/account/security")).text
    row = await owner.fetchrow("select secret, person_id from authenticator_app")
    assert seed not in row["secret"]
    assert unsealed(row["secret"], "accounts app seed", settings.secrets, str(row["person_id"])) == seed
    stored = [r["fingerprint"] for r in await owner.fetch("select fingerprint from recovery_code")]
    assert not set(recovery) & set(stored)
    assert await owner.fetchval("select count(*) from mail where kind = 'factor_changed'") == 1
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'accounts.app_added'") == 1

    async with visit(None) as browser:
        answer = await browser.send_form("/signin", CLAIRE | {"next": "/account"})
        assert answer.headers["location"] == "/signin/factor?next=/account"
        assert "session" not in browser.cookies  # no session before the factor
        assert (await browser.get("/account")).status_code == 303
        step = {"next": "/account"}
        again = await browser.send_form("/signin/factor", step | {"code": codes.code_at(seed, clock.now())})
        assert again.status_code == 422  # the code that confirmed the app is not taken twice
        later(0.5)
        code = codes.code_at(seed, clock.now())
        answer = await browser.send_form("/signin/factor", step | {"code": f"{code[:3]} {code[3:]}"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert (await browser.get("/account/security")).text.count("par mot de passe et second facteur") == 1
    async with visit(None) as thief:
        await thief.send_form("/signin", CLAIRE)
        assert (
            await thief.send_form("/signin/factor", {"code": code})
        ).status_code == 422  # seen over a shoulder


async def test_codes_one_step_early_or_late_are_taken_and_none_further_off() -> None:
    seed, at = codes.new_seed(), clock.now()
    for drift, fits in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        code = codes.code_at(seed, at + timedelta(seconds=drift))
        assert (codes.step_of(seed, code, at, 0) is not None) is fits
    step = codes.step_of(seed, codes.code_at(seed, at), at, 0)
    assert step
    assert codes.step_of(seed, codes.code_at(seed, at), at, step) is None
    assert codes.step_of(seed, codes.code_at(seed, at - timedelta(seconds=30)), at, step) is None
    assert codes.step_of(seed, "é" * 6, at, 0) is None


async def test_each_recovery_code_signs_in_once_and_new_ones_end_the_old(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(with_password.people["claire"]) as at_home:
        _, recovery = await set_up_app(at_home)
        async with visit(None) as browser:
            await browser.send_form("/signin", CLAIRE)
            typed = recovery[3].upper().replace("-", " ")
            assert (await browser.send_form("/signin/factor", {"recovery": typed})).status_code == 303
            assert "session" in browser.cookies
        async with visit(None) as browser:
            await browser.send_form("/signin", CLAIRE)
            assert (await browser.send_form("/signin/factor", {"recovery": recovery[3]})).status_code == 422
            assert "Restent 9 codes" in (await at_home.get("/account/security")).text
            fresh = (await at_home.send_form("/account/codes")).text
            assert recovery[4] not in fresh
            assert (await browser.send_form("/signin/factor", {"recovery": recovery[4]})).status_code == 422
    assert await owner.fetchval("select count(*) from recovery_code where used_at is null") == 10


async def test_a_half_way_sign_in_ends_after_ten_minutes_and_serves_one_browser(
    with_password: Cast, visit: Browser
) -> None:
    async with visit(with_password.people["claire"]) as at_home:
        seed, _ = await set_up_app(at_home)
    async with visit(None) as browser, visit(None) as other:
        await browser.send_form("/signin", CLAIRE)
        assert (await other.get("/signin/factor")).headers["location"] == "/signin"
        later(11)
        answer = await browser.send_form("/signin/factor", {"code": codes.code_at(seed, clock.now())})
        assert answer.headers["location"] == "/signin"
        await browser.send_form("/signin", CLAIRE)
        kept = browser.cookies["step"]
        await browser.send_form("/signin/factor", {"code": codes.code_at(seed, clock.now())})
        later(0.5)
        other.cookies.set("step", kept, domain="palier.test")
        answer = await other.send_form("/signin/factor", {"code": codes.code_at(seed, clock.now())})
        assert answer.headers["location"] == "/signin"  # used up with the first sign-in


async def test_codes_are_guessed_five_times_and_fifty_a_day_and_the_owner_comes_in_all_the_same(
    with_password: Cast, stage: Litestar, visit: Browser
) -> None:
    async with visit(with_password.people["claire"]) as live:
        seed, recovery = await set_up_app(live)
        async with coming_from(stage, "192.0.2.9") as mine:
            later(0.5)
            await mine.send_form("/signin", CLAIRE)
            await mine.send_form("/signin/factor", {"code": codes.code_at(seed, clock.now())})
            await mine.send_form("/signout")
        async with coming_from(stage, "198.51.100.1") as thief:  # who has the password
            await thief.send_form("/signin", CLAIRE)
            guesses = [await thief.send_form("/signin/factor", {"code": f"{n:06}"}) for n in range(7)]
            assert [one.status_code for one in guesses] == [422] * 5 + [429] * 2
            for _ in range(9):
                later(5.1)
                await thief.send_form("/signin", CLAIRE)
                for n in range(5):
                    await thief.send_form("/signin/factor", {"code": f"{n:06}"})
            later(5.1)
            await thief.send_form("/signin", CLAIRE)
            last = await thief.send_form("/signin/factor", {"code": "000000"})
            assert (last.status_code, last.headers["retry-after"]) == (429, "86400")
        assert (await live.get("/account")).status_code == 200
        async with coming_from(stage, "192.0.2.9") as same:
            same.cookies.update(mine.cookies)
            later(0.5)
            await same.send_form("/signin", CLAIRE)
            answer = await same.send_form("/signin/factor", {"code": codes.code_at(seed, clock.now())})
            assert answer.headers["location"] == "/home"
        async with coming_from(
            stage, "192.0.2.77"
        ) as new:  # a browser never used: the codes are at rest, the way out is not
            await new.send_form("/signin", CLAIRE)
            assert (await new.send_form("/signin/factor", {"code": "000000"})).status_code == 429
            assert (await new.send_form("/signin/factor", {"recovery": recovery[0]})).status_code == 303


async def test_neither_a_new_password_nor_a_mailed_link_goes_past_the_factor(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection, run_jobs: Callable[[], Awaitable[None]]
) -> None:
    async with visit(with_password.people["claire"]) as at_home:
        await set_up_app(at_home)
    async with visit(None) as browser:
        await browser.send_form("/forgotten", {"email": CLAIRE["email"]})
        await browser.send_form("/signin/link", {"email": CLAIRE["email"]})
        await run_jobs()
        letters = {r["kind"]: r["text"] for r in await owner.fetch("select kind, text from mail")}
        link = re.search(r"/signin/link/\S+", letters["sign_in"])
        reset = re.search(r"/reset/\S+", letters["reset_password"])
        assert link
        assert reset
        answer = await browser.send_form(link[0])
        assert answer.headers["location"] == "/signin/factor?next=/home"
        new = "pluie tambour agrafe 41"
        assert (await browser.send_form(reset[0], {"password": new})).headers["location"] == "/signin"
        answer = await browser.send_form("/signin", CLAIRE | {"password": new})
        assert answer.headers["location"].startswith("/signin/factor")
        assert "session" not in browser.cookies


async def test_without_a_factor_left_the_recovery_codes_go_too(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(with_password.people["claire"]) as browser:
        await set_up_app(browser)
        before = browser.cookies["session"]
        assert (await browser.send_form("/account/app/remove")).status_code == 303
        assert browser.cookies["session"] != before
        assert await owner.fetchval("select count(*) from recovery_code") == 0
        assert await owner.fetchval("select count(*) from mail where kind = 'factor_changed'") == 2
    async with visit(None) as browser:
        assert (await browser.send_form("/signin", CLAIRE)).headers["location"] == "/home"


async def test_nobody_reads_or_removes_the_factors_of_somebody_else(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    people = with_password.people
    async with visit(people["claire"]) as claire, visit(people["nora"]) as nora:
        await set_up_app(claire)
        assert (await nora.send_form("/account/app/remove")).status_code == 303
        assert (await nora.get("/account/app")).headers["location"] == "/account/security"
        key = "0190a0a0-0000-7000-8000-000000000000"
        await owner.execute(
            "insert into passkey (id, person_id, credential_id, public_key, sign_count, name, created_at) "
            "values ($1, $2, 'abc', 'x', 0, 'Portable', now())",
            key, people["claire"].person_id,
        )  # fmt: skip
        assert (await nora.send_form(f"/account/passkeys/{key}/remove")).status_code == 404
    assert await owner.fetchval("select count(*) from authenticator_app") == 1
    assert await owner.fetchval("select count(*) from passkey") == 1


async def test_a_replaced_secret_of_the_house_still_opens_the_seeds_and_seals_them_anew(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection, settings: Settings
) -> None:
    async with visit(with_password.people["claire"]) as browser:
        seed, _ = await set_up_app(browser)
    newer = replace(settings, secret="n" * 40, former_secrets=(settings.secret,))
    transport = ASGITransport(app=create_app(newer))
    async with Visitor(transport=transport, base_url="http://palier.test") as browser:
        later(0.5)
        await browser.send_form("/signin", {"email": CLAIRE["email"], "password": PASSWORD})
        answer = await browser.send_form("/signin/factor", {"code": codes.code_at(seed, clock.now())})
        assert answer.headers["location"] == "/home"
    row = await owner.fetchrow("select secret, person_id from authenticator_app")
    assert unsealed(row["secret"], "accounts app seed", [newer.secret], str(row["person_id"])) == seed
