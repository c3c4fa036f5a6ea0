"""Coming in and going out, and everything that must not get anybody in."""

import pytest

from palier.accounts import passwords, store
from palier.foundation.database import transaction
from tests.conftest import PASSWORD, Browser, Cast


@pytest.fixture
async def with_password(cast: Cast) -> Cast:
    """The cast, and Claire has a password."""
    stored = await passwords.hashed(PASSWORD)
    async with transaction(None):
        await store.Person.filter(email="claire@example.org").update(password_hash=stored)
    return cast


async def test_claire_signs_in_and_reaches_her_organisation(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        answer = await browser.send_form("/signin", {"email": " Claire@Example.org", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/home")
        answer = await browser.get("/home")
        assert answer.headers["location"] == "/o/transports-du-val"


async def test_signing_out_ends_the_session(with_password: Cast, visit: Browser) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signin", {"email": "claire@example.org", "password": PASSWORD})
        kept = browser.cookies["session"]
        answer = await browser.send_form("/signout")
        assert answer.status_code == 303
        assert "session" not in browser.cookies
        browser.cookies.set("session", kept)
        assert (await browser.get("/home")).headers["location"].startswith("/signin")
