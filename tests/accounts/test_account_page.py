"""What people set for themselves, and nothing else."""

import asyncpg
import pytest

from palier.foundation.actor import Actor
from tests.accounts.test_signing_in import CLAIRE, with_password  # noqa: F401  (a fixture)
from tests.conftest import PASSWORD, Browser, Cast

FINE = {"name": "Claire L.", "locale": "en", "theme": "dark", "time_zone": "Indian/Reunion"}
NEW = "pluie tambour agrafe 41"


async def test_preferences_are_kept_and_used_at_once(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form("/account/preferences", FINE)
        assert answer.status_code == 303
        page = (await browser.get("/account")).text
        assert '<html lang="en" data-theme="dark">' in page
        assert "Your preferences are saved." in page
        assert 'data-shortcuts="off"' in page
    row = await owner.fetchrow(
        "select name, locale, theme, time_zone, shortcuts from person where email = 'claire@example.org'"
    )
    assert tuple(row) == ("Claire L.", "en", "dark", "Indian/Reunion", False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("locale", "xx"), ("theme", "pink"), ("time_zone", "Mars/Base"), ("name", "x" * 121)],
)
async def test_a_wrong_preference_is_named_and_nothing_saved(
    claire: Actor, visit: Browser, owner: asyncpg.Connection, field: str, value: str
) -> None:
    async with visit(claire) as browser:
        answer = await browser.send_form("/account/preferences", FINE | {field: value})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
    assert (
        await owner.fetchval("select name from person where email = 'claire@example.org'") == "Claire Lambert"
    )


async def test_preferences_change_nothing_else(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    extra = {
        "email": "mallory@example.org",
        "password_hash": "x",
        "id": "x",
        "person_id": "x",
        "email_confirmed_at": "",
    }
    async with visit(claire) as browser:
        await browser.send_form("/account/preferences", FINE | extra)
    row = await owner.fetchrow(
        "select email, email_confirmed_at, password_hash from person where name = 'Claire L.'"
    )
    assert row["email"] == "claire@example.org"
    assert row["email_confirmed_at"]
    assert row["password_hash"] == ""


async def test_changing_the_password_ends_the_other_sessions_and_renews_this_one(
    with_password: Cast,
    visit: Browser,
    owner: asyncpg.Connection,
) -> None:
    person = with_password.people["claire"]
    async with visit(person) as elsewhere, visit(person) as browser:
        before = browser.cookies["session"]
        wrong = await browser.send_form("/account/password", {"current": "wrong", "password": NEW})
        assert wrong.status_code == 422
        answer = await browser.send_form("/account/password", {"current": PASSWORD, "password": NEW})
        assert answer.headers["location"] == "/account/security"
        assert browser.cookies["session"] != before
        assert (await browser.get("/account")).status_code == 200
        assert (await elsewhere.get("/account")).status_code == 303
        assert (await browser.send_form("/signin", CLAIRE)).status_code == 422
    assert await owner.fetchval("select count(*) from mail where kind = 'password_changed'") == 1


async def test_one_ends_one_s_own_sessions_only(
    cast: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    claire, nora = cast.people["claire"], cast.people["nora"]
    async with visit(claire) as mine, visit(nora) as theirs:
        session = await owner.fetchval("select id from session where person_id = $1", nora.person_id)
        await mine.send_form(f"/account/sessions/{session}/end")
        assert (await theirs.get("/account")).status_code == 200


async def test_every_other_session_ends_at_once(cast: Cast, visit: Browser) -> None:
    claire = cast.people["claire"]
    async with visit(claire) as phone, visit(claire) as laptop, visit(claire) as browser:
        await browser.send_form("/account/sessions/end")
        assert (await phone.get("/account")).status_code == 303
        assert (await laptop.get("/account")).status_code == 303
        assert (await browser.get("/account")).status_code == 200


async def test_anybody_chooses_the_language(visit: Browser) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/language", {"locale": "en", "next": "/signin"})
        assert answer.headers["location"] == "/signin"
        assert '<html lang="en"' in (await browser.get("/signin")).text
        answer = await browser.send_form("/language", {"locale": "xx", "next": "//evil.example"})
        assert answer.headers["location"] == "/en/"


async def test_the_chosen_language_follows_the_person(claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        await browser.send_form("/language", {"locale": "en", "next": "/account"})
    async with visit(claire) as elsewhere:
        assert '<html lang="en"' in (await elsewhere.get("/account")).text
