"""Asked again who one is before what matters, with nothing lost on the way."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import ASGITransport, Response
from litestar import Litestar, Request, get, post

from palier.accounts import codes, sessions
from palier.accounts.rules import Method
from palier.app import create_app
from palier.foundation import clock
from palier.foundation.database import transaction
from palier.foundation.permissions import FRESH, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import person_of
from tests.accounts.test_second_factors import set_up_app
from tests.accounts.test_signing_in import with_password  # noqa: F401  (a fixture)
from tests.conftest import PASSWORD, Browser, Cast, Visitor

TYPED = {"note": "Café <b>\n  deux lignes", "role": ["lead", "reader"], "empty": ""}


@post("/deed", opt=SIGNED_IN | FRESH, status_code=200)
async def deed(request: Request) -> dict[str, Any]:
    form = await request.form()
    person = person_of(request)
    return {"fields": sorted(form.multi_items()), "fresh": person.proved_at == clock.now()}  # type: ignore[union-attr]


@get("/deed", opt=SIGNED_IN | FRESH)
async def look() -> str:
    return "shown"


@pytest.fixture(scope="module")
def house(settings: Settings) -> Litestar:
    """The application with one more page that matters."""
    made = create_app(settings)
    made.register(deed)
    made.register(look)
    return made


@pytest.fixture
async def browser(house: Litestar, with_password: Cast) -> AsyncIterator[Visitor]:
    """Claire, signed in twenty minutes ago."""
    clock.freeze(clock.now() - timedelta(minutes=20))
    async with Visitor(transport=ASGITransport(app=house), base_url="http://palier.test") as visitor:
        await visitor.send_form("/signin", {"email": "claire@example.org", "password": PASSWORD})
        clock.freeze(clock.now() + timedelta(minutes=20))
        yield visitor


def held(answer: Response) -> list[tuple[str, str]]:
    """The fields that wait in the first form of the page."""
    form = re.search(r'<form class="form" method="post" action="/deed".*?</form>', answer.text, re.DOTALL)
    assert form
    found = re.findall(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', form[0], re.DOTALL)
    return [(name, html.unescape(value)) for name, value in found]


async def test_what_was_typed_waits_for_the_password_and_then_goes_on(
    browser: Visitor, owner: asyncpg.Connection
) -> None:
    before = browser.cookies["session"]
    asked = await browser.send_form("/deed", TYPED)
    assert asked.status_code == 403
    assert f'name="_csrf_token" value="{browser.cookies["csrftoken"]}"' in asked.text
    fields = held(asked)
    assert sorted(fields) == sorted(
        [("note", TYPED["note"]), ("role", "lead"), ("role", "reader"), ("empty", "")]
    )
    again = {"role": ["lead", "reader"], "note": dict(fields)["note"], "empty": ""}
    wrong = await browser.send_form("/deed", again | {"proof-password": "not this one"})
    assert wrong.status_code == 403
    assert 'href="#proof-password"' in wrong.text
    assert sorted(held(wrong)) == sorted(fields)
    assert "not this one" not in wrong.text
    done = await browser.send_form("/deed", again | {"proof-password": PASSWORD})
    assert done.json()["fresh"] is True
    assert ["note", TYPED["note"]] in done.json()["fields"]
    assert browser.cookies["session"] != before  # the secret before opens nothing any more
    assert (await browser.send_form("/deed", TYPED)).status_code == 200
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'accounts.proved'") == 1
    browser.cookies.set("session", before, domain="palier.test")
    assert (await browser.get("/account")).status_code == 303


async def test_a_page_that_matters_is_shown_after_the_proof(browser: Visitor) -> None:
    asked = await browser.get("/deed?year=2026&x=a%2Fb")
    assert asked.headers["location"] == "/account/confirm?next=/deed%3Fyear%3D2026%26x%3Da%252Fb"
    page = await browser.get(asked.headers["location"])
    assert 'name="next"' in page.text
    data = {"next": "/deed?year=2026", "proof-password": PASSWORD}
    wrong = await browser.send_form("/account/confirm", data | {"proof-password": "x"})
    assert wrong.status_code == 422
    done = await browser.send_form("/account/confirm", data)
    assert done.headers["location"] == "/deed?year=2026"
    assert (await browser.get("/deed")).text == "shown"
    evil = await browser.get("/account/confirm?next=//evil.example")
    assert evil.headers["location"] == "/account/security"


async def test_a_file_is_not_swallowed_but_asked_for_again_after_the_proof(browser: Visitor) -> None:
    token = {"_csrf_token": browser.cookies["csrftoken"]}
    answer = await browser.post(
        "/deed", data=token | {"note": "x"}, files={"file": ("a.pdf", b"%PDF", "application/pdf")},
        headers={"referer": "http://palier.test/o/x/settings?tab=2"},
    )  # fmt: skip
    assert answer.status_code == 403
    assert "/account/confirm?next=/o/x/settings%3Ftab%3D2" in answer.text


async def test_a_forged_form_is_refused_before_any_proof_is_looked_at(browser: Visitor) -> None:
    forged = {"proof-password": PASSWORD}
    answer = await browser.post("/deed", data=forged)
    assert answer.status_code == 403
    assert "proof-password" not in answer.text
    elsewhere = await browser.send_form("/deed", forged, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403
    assert "proof-password" not in elsewhere.text
    assert (await browser.send_form("/deed", TYPED)).status_code == 403  # nothing was proved


async def test_proofs_are_counted_for_this_session_alone(
    browser: Visitor, visit: Browser, with_password: Cast
) -> None:
    for _ in range(10):
        await browser.send_form("/deed", {"proof-password": "guess"})
    last = await browser.send_form("/deed", {"note": "kept", "proof-password": PASSWORD})
    assert last.status_code == 403
    assert "kept" in last.text
    async with Visitor(transport=browser._transport, base_url="http://palier.test") as other:
        await other.send_form("/signin", {"email": "claire@example.org", "password": PASSWORD})
        assert (await other.send_form("/deed", TYPED)).status_code == 200


async def test_a_code_of_the_app_proves_as_well_and_counts_as_a_second_factor(
    browser: Visitor, owner: asyncpg.Connection
) -> None:
    await browser.send_form("/account/confirm", {"proof-password": PASSWORD})
    seed, recovery = await set_up_app(browser)
    clock.freeze(clock.now() + timedelta(minutes=16))
    assert (await browser.send_form("/deed", {"proof-code": recovery[0]})).status_code == 403
    done = await browser.send_form("/deed", {"proof-code": codes.code_at(seed, clock.now())})
    assert done.status_code == 200
    row = await owner.fetchrow("select proved_at, second_factor_at from session")
    assert row["proved_at"] == row["second_factor_at"] == clock.now()


@pytest.mark.parametrize(("method", "asked", "words"), [
    (Method.DEMONSTRATION, False, ""), (Method.PROVIDER, True, "/sso/again?next="), (Method.LINK, True, 'action="/signin/link"'),
])  # fmt: skip
async def test_people_without_a_password_prove_it_the_way_they_came(
    house: Litestar, with_password: Cast, method: Method, asked: bool, words: str
) -> None:
    clock.freeze(clock.now() - timedelta(minutes=20))
    async with transaction(None):
        secret = await sessions.open_session(with_password.people["malik"].person_id, "test", method)
    clock.freeze(clock.now() + timedelta(minutes=20))
    async with Visitor(transport=ASGITransport(app=house), base_url="http://palier.test") as browser:
        browser.cookies.set("session", secret, domain="palier.test")
        answer = await browser.send_form("/deed", TYPED)
        assert answer.status_code == (403 if asked else 200)
        assert words in answer.text


async def test_htmx_puts_the_question_in_the_place_of_the_page(browser: Visitor) -> None:
    answer = await browser.send_form("/deed", TYPED, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert answer.headers["hx-retarget"] == answer.headers["hx-reselect"] == "#content"


async def test_a_session_ends_after_twelve_hours_alone_and_after_thirty_days(
    with_password: Cast, visit: Browser, owner: asyncpg.Connection
) -> None:
    async with visit(with_password.people["claire"]) as browser:
        await owner.execute("update session set seen_at = now() - interval '11 hours 59 minutes'")
        assert (await browser.get("/account")).status_code == 200
        await seen_now(owner)
        await owner.execute("update session set seen_at = now() - interval '12 hours 1 second'")
        assert (await browser.get("/account")).status_code == 303
        row = await owner.fetchrow("select expires_at - created_at as lasts from session")
        assert abs(row["lasts"] - timedelta(days=30)) < timedelta(seconds=2)


async def seen_now(owner: asyncpg.Connection) -> None:
    """Wait for the visit to be noted: it is, beside the request (docs/architecture.md), after the answer at times."""
    async with asyncio.timeout(30):
        while not await owner.fetchval("select seen_at > now() - interval '1 minute' from session"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
