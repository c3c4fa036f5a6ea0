"""Coming in and going out, and everything that must not get anybody in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import ASGITransport
from litestar import Litestar

from palier.accounts import passwords, store
from palier.accounts.rules import origin
from palier.app import create_app
from palier.foundation import clock
from palier.foundation.database import transaction
from palier.foundation.settings import Settings
from tests.applications import application
from tests.conftest import PASSWORD, Browser, Cast, Visitor

CLAIRE = {"email": "claire@example.org", "password": PASSWORD}


@pytest.fixture
async def with_password(cast: Cast) -> Cast:
    """The cast, and Claire has a password."""
    stored = await passwords.hashed(PASSWORD)
    async with transaction(None):
        await store.Person.filter(email="claire@example.org").update(password_hash=stored)
    return cast


@asynccontextmanager
async def coming_from(app: Litestar, address: str, **headers: str) -> AsyncIterator[Visitor]:
    """A browser at another network address."""
    transport = ASGITransport(app=app, client=(address, 4000))
    async with Visitor(transport=transport, base_url="http://palier.test", headers=headers) as browser:
        yield browser


async def test_claire_signs_in_and_reaches_her_organisation(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/signin", CLAIRE | {"email": " Claire@Example.org"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/home")
        answer = await browser.get("/home")
        assert answer.headers["location"] == "/o/transports-du-val"


# --- sessions -------------------------------------------------------------------------------------------------


async def test_a_planted_session_does_not_survive_signing_in(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        browser.cookies.set("session", "chosen-by-somebody-else", domain="palier.test")
        await browser.send_form("/signin", CLAIRE)
        assert browser.cookies["session"] != "chosen-by-somebody-else"
    async with visit(None) as attacker:
        attacker.cookies.set("session", "chosen-by-somebody-else", domain="palier.test")
        assert (await attacker.get("/account")).status_code == 303


async def test_the_session_one_came_with_ends_at_signing_in(with_password: Cast, visit: Browser) -> None:
    async with visit(with_password.people["claire"]) as browser:
        before = browser.cookies["session"]
        await browser.send_form("/signin", CLAIRE)
        assert browser.cookies["session"] != before
        browser.cookies.clear()
        browser.cookies.set("session", before, domain="palier.test")
        assert (await browser.get("/account")).status_code == 303


async def test_a_session_cannot_be_used_after_signing_out(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signin", CLAIRE)
        kept = browser.cookies["session"]
        answer = await browser.send_form("/signout")
        assert answer.status_code == 303
        assert "session" not in browser.cookies
        browser.cookies.set("session", kept, domain="palier.test")
        assert (await browser.get("/home")).headers["location"].startswith("/signin")


async def test_an_old_session_has_ended(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(with_password.people["claire"]) as browser:
        assert (await browser.get("/account")).status_code == 200
        await owner.execute("update session set expires_at = now() - interval '1 second'")
        assert (await browser.get("/account")).status_code == 303


async def test_the_database_keeps_no_secret(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signin", CLAIRE)
        secret = browser.cookies["session"]
    row = await owner.fetchrow(
        "select s.fingerprint, p.password_hash from session s join person p on p.id = s.person_id"
    )
    assert secret not in row["fingerprint"]
    assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_the_cookie_is_shut_in(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/signin", CLAIRE)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("session="))
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}


# --- guessing -------------------------------------------------------------------------------------------------


async def wrong(browser: Visitor, email: str = "claire@example.org", **headers: str) -> Any:
    return await browser.send_form(
        "/signin", {"email": email, "password": "not the password"}, headers=headers
    )


async def test_guessing_stops_at_the_eleventh_whatever_the_headers_say(
    with_password: Cast, visit: Browser
) -> None:
    async with visit(with_password.people["claire"]) as signed_in, visit(None) as browser:
        codes = [(await wrong(browser, **{"x-forwarded-for": f"10.0.0.{n}"})).status_code for n in range(25)]
        assert codes == [422] * 10 + [429] * 15
        assert (await browser.send_form("/signin", CLAIRE)).status_code == 429
        assert (await signed_in.get("/account")).status_code == 200


async def test_one_guess_on_each_of_many_accounts_stops_too(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        codes = [(await wrong(browser, f"person{n}@example.org")).status_code for n in range(40)]
    assert codes == [422] * 10 + [429] * 30


async def test_guesses_from_many_addresses_on_one_account_stop_too(
    with_password: Cast, stage: Litestar
) -> None:
    codes = []
    for n in range(32):
        async with coming_from(stage, f"198.51.100.{n}") as browser:
            codes.append((await wrong(browser)).status_code)
    assert codes == [422] * 30 + [429] * 2


async def test_whoever_guesses_shuts_the_owner_out_of_neither_place(
    with_password: Cast, stage: Litestar
) -> None:
    async with coming_from(stage, "203.0.113.1") as used_before:
        await used_before.send_form("/signin", CLAIRE)
        await used_before.send_form("/signout")
        async with coming_from(stage, "192.0.2.1") as attacker:
            assert [(await wrong(attacker)).status_code for _ in range(11)][-1] == 429
        async with coming_from(stage, "203.0.113.2") as elsewhere:  # another address, a browser never used
            assert (await elsewhere.send_form("/signin", CLAIRE)).status_code == 303
        for n in range(30):
            async with coming_from(stage, f"198.51.100.{n}") as attacker:
                last = await wrong(attacker)
        assert last.status_code == 429  # the tries of all unknown browsers are used up
        assert (await used_before.send_form("/signin", CLAIRE)).status_code == 303
        codes = [(await wrong(used_before)).status_code for _ in range(11)]
        assert codes == [422] * 10 + [429]  # a stolen cookie of a known browser gives ten tries, not more


async def test_guesses_at_the_same_instant_are_counted_one_by_one(
    with_password: Cast, visit: Browser
) -> None:
    async with visit(None) as browser:
        await browser.get("/signin")
        answers = await asyncio.gather(*(wrong(browser) for _ in range(14)))
    assert sorted(answer.status_code for answer in answers) == [422] * 10 + [429] * 4


async def test_refused_tries_do_not_make_the_wait_longer(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        for _ in range(15):
            await wrong(browser)
        clock.freeze(clock.now() + timedelta(minutes=5, seconds=5))
        answer = await browser.send_form("/signin", CLAIRE)
        assert answer.status_code == 303


async def test_a_right_password_does_not_count(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        for _ in range(12):
            assert (await browser.send_form("/signin", CLAIRE)).status_code == 303


async def test_the_refusal_says_when_to_come_back(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        for _ in range(10):
            await wrong(browser)
        answer = await wrong(browser)
        assert answer.headers["retry-after"] == "300"
        assert "Trop de tentatives" in answer.text


def test_an_ipv6_subscriber_is_one_origin() -> None:
    assert origin("2001:db8:1:2::1") == origin("2001:db8:1:2:ffff::9")
    assert origin("2001:db8:1:2::1") != origin("2001:db8:1:3::1")
    assert origin("::ffff:192.0.2.1") == origin("192.0.2.1")
    assert origin("testclient") == "testclient"


# --- nobody learns who has an account ---------------------------------------------------------------------------


def without_tokens(text: str, *emails: str) -> str:
    lines = (line for line in text.splitlines() if "_csrf_token" not in line and "content=" not in line)
    joined = "\n".join(lines)
    for email in emails:
        joined = joined.replace(email, "EMAIL")
    return joined


async def test_an_unknown_account_and_a_wrong_password_are_answered_alike(
    with_password: Cast, visit: Browser
) -> None:
    async with visit(None) as browser:
        known, unknown = await wrong(browser), await wrong(browser, "nobody@example.org")
    assert known.status_code == unknown.status_code == 422
    assert without_tokens(known.text, "claire@example.org") == without_tokens(
        unknown.text, "nobody@example.org"
    )


async def test_every_refusal_costs_the_same_work(
    with_password: Cast, visit: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: one hash is computed whoever is asked for (benchmarks time it)."""
    done: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(
        passwords, "_verify", lambda stored, given: done.append(stored) or verify(stored, given)
    )
    async with visit(None) as browser:
        for email in (
            "claire@example.org",
            "nobody@example.org",
            "malik@example.org",
        ):  # the last without a password
            await wrong(browser, email)
    assert len(done) == 3
    assert done[0].startswith("$argon2id$")
    assert done[1:] == ["", ""]  # checked against nobody's hash, at the same price
    assert passwords._nobodys().split("$")[:4] == done[0].split("$")[:4]


async def test_behind_a_router_of_ours_each_client_has_its_own_tries(
    with_password: Cast, settings: Settings
) -> None:
    behind = create_app(replace(settings, forwarded_allow_ips=("10.0.0.0/8",)))
    async with coming_from(behind, "10.0.0.1") as browser:
        spray = [
            (
                await wrong(browser, f"person{n}@example.org", **{"x-forwarded-for": f"198.51.100.{n % 2}"})
            ).status_code
            for n in range(24)
        ]
        assert spray == [422] * 20 + [429] * 4
        forged = await wrong(browser, "one@example.org", **{"x-forwarded-for": "203.0.113.1, 198.51.100.1"})
        assert forged.status_code == 429


# --- where one goes after -----------------------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example", "https:evil.example", "http:///evil.example", "javascript:alert(1)", "evil.example", "/\r\nx: y",
    " //evil.example", "/%09/evil.example@", "//google.com/%2f..", "/\u2028/evil.example",
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_signing_in_never_leads_to_another_site(
    with_password: Cast, visit: Browser, address: str
) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/signin", CLAIRE | {"next": address})
        location = answer.headers["location"]
        assert answer.status_code == 303
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\", "/\t", "/\r", "/\n"))
        assert "x: y" not in str(answer.headers)


async def test_signing_in_leads_back_to_the_page_that_asked(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        asked = await browser.get("/o/transports-du-val/people")
        assert asked.headers["location"] == "/signin?next=/o/transports-du-val/people"
        form = await browser.get(asked.headers["location"])
        assert 'name="next" value="/o/transports-du-val/people"' in form.text
        answer = await browser.send_form("/signin", CLAIRE | {"next": "/o/transports-du-val/people"})
        assert answer.headers["location"] == "/o/transports-du-val/people"


async def test_a_form_from_another_site_signs_nobody_in(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/signin", CLAIRE, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
        answer = await browser.post("/signin", data=CLAIRE)
        assert answer.status_code == 403
        assert "session" not in browser.cookies


# --- on https ---------------------------------------------------------------------------------------------------


@pytest.fixture
def on_https(with_password: Cast, settings: Settings) -> Litestar:
    """The application as it is reached by https."""
    return application(replace(settings, public_url="https://palier.test"))


async def test_on_https_the_cookie_is_bound_to_this_very_host(on_https: Litestar) -> None:
    async with Visitor(transport=ASGITransport(app=on_https), base_url="https://palier.test") as browser:
        answer = await browser.send_form("/signin", CLAIRE)
        cookie = next(
            each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-session=")
        )
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags
        assert not any(flag.startswith("domain") for flag in flags)
        assert (await browser.get("/account")).status_code == 200


async def test_on_https_a_cookie_a_neighbour_could_set_is_not_read(
    on_https: Litestar, visit: Browser, with_password: Cast
) -> None:
    async with visit(with_password.people["claire"]) as plain:
        secret = plain.cookies["session"]
    async with Visitor(transport=ASGITransport(app=on_https), base_url="https://palier.test") as browser:
        browser.cookies.set("session", secret, domain="palier.test")
        assert (await browser.get("/account")).status_code == 303
