"""Passkeys in a real browser with a virtual authenticator: nothing else makes signatures that prove anything."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import asyncpg
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from palier.accounts import sessions
from palier.foundation.database import transaction
from palier.foundation.settings import Settings
from tests.accounts.test_signing_in import CLAIRE, with_password  # noqa: F401  (a fixture)
from tests.conftest import Cast
from tests.demonstration import free_port, web
from tests.leaving import leave

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

WITHOUT_A_FINGER = """async () => {
  const form = document.querySelector("form[data-passkey]");
  const question = await questionOf(form);
  question.userVerification = "discouraged";
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(question);
  const answer = await navigator.credentials.get({ publicKey });
  form.elements.passkey.value = JSON.stringify(answer.toJSON());
  form.submit();
}"""
"""What a page of somebody else's making would do: ask for a signature and not for the person."""


@pytest.fixture(scope="module")
async def at_localhost(settings: Settings, repository: Path) -> AsyncIterator[str]:
    """The site under a name: an address of digits cannot have passkeys."""
    port = free_port()
    address = f"http://localhost:{port}"
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PYTHONPATH": str(repository / "src"), "PALIER_PUBLIC_URL": address,
    }  # fmt: skip
    async with web(environment, port):
        yield address


@pytest.fixture
async def page(at_localhost: str, chromium: Chromium, with_password: Cast) -> AsyncIterator[Page]:
    """Claire's browser, signed in."""
    context = await chromium.new_context(locale="en-GB", base_url=at_localhost)
    context.set_default_timeout(15_000)
    async with transaction(None):
        secret = await sessions.open_session(with_password.people["claire"].person_id, "chromium")
    await context.add_cookies([{"name": "session", "value": secret, "url": at_localhost}])
    await context.add_cookies([{"name": "locale", "value": "en", "url": at_localhost}])
    yield await context.new_page()
    await leave(context)


class Device:
    """The virtual authenticator of a page."""

    def __init__(self, session: Any, identity: str) -> None:
        self.session, self.identity = session, identity

    @classmethod
    async def on(cls, page: Page) -> "Device":
        session = await page.context.new_cdp_session(page)
        await session.send("WebAuthn.enable")
        made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        return cls(session, made["authenticatorId"])

    async def send(self, what: str, **values: Any) -> Any:
        return await self.session.send(f"WebAuthn.{what}", {"authenticatorId": self.identity} | values)

    async def turn_counter_back(self) -> None:
        """As a copy of the device would."""
        key = (await self.send("getCredentials"))["credentials"][0]
        await self.send("removeCredential", credentialId=key["credentialId"])
        await self.send("addCredential", credential=key | {"signCount": 0})


async def test_a_passkey_signs_in_alone_and_nothing_like_it_does(
    page: Page, owner: asyncpg.Connection, with_password: Cast
) -> None:
    device = await Device.on(page)
    await owner.execute("update person set locale = 'en'")
    await page.goto("/account/passkeys/new")
    await page.get_by_label("Name").fill("Laptop at work")
    await page.get_by_role("button", name="Make the passkey").click()
    await expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    await expect(page.locator(".recovery li")).to_have_count(10)
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save as a file").click()
    written = Path(await (await saved.value).path()).read_text()  # noqa: ASYNC240
    assert await page.locator(".recovery li").first.inner_text() in written
    await page.goto("/account/passkeys/new")  # the same device again: the browser refuses to make a second
    await page.get_by_role("button", name="Make the passkey").click()
    await expect(page.locator("[data-passkey-failed]")).to_be_visible()
    await page.goto("/account/security")
    await expect(page.get_by_text("Laptop at work").first).to_be_visible()

    await page.context.clear_cookies(name="session")
    await page.goto("/signin?next=/account/security")
    async with page.expect_request("**/signin/passkey") as sent:
        await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url("**/account/security")
    await expect(page.get_by_text("by passkey")).to_be_visible()
    row = await owner.fetchrow("select second_factor_at from session where method = 'passkey'")
    assert row["second_factor_at"]

    posted = {name: values[-1] for name, values in parse_qs((await sent.value).post_data or "").items()}
    await page.context.clear_cookies(name="session")
    replayed = await page.request.post("/signin/passkey", form=posted)
    assert replayed.status == 422
    await page.goto("/signin")
    await device.send("setUserVerified", isUserVerified=False)
    await page.evaluate(WITHOUT_A_FINGER)
    await expect(page.locator("#errors")).to_be_visible()
    await device.send("setUserVerified", isUserVerified=True)
    await device.turn_counter_back()
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.locator("#errors")).to_be_visible()
    assert await owner.fetchval("select count(*) from session where method = 'passkey'") == 1


async def test_after_the_password_a_passkey_is_the_second_factor_and_the_last_one_gone_none_is_asked_for(
    page: Page, owner: asyncpg.Connection
) -> None:
    await Device.on(page)
    await owner.execute("update person set locale = 'en'")
    await page.goto("/account/passkeys/new")
    await page.get_by_role("button", name="Make the passkey").click()
    await page.get_by_role("link", name="I have kept them").click()
    await owner.execute("update session set proved_at = proved_at - interval '20 minutes'")
    await page.get_by_role(
        "button", name="Make new codes"
    ).click()  # asks who it is, by the passkey this time
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.locator(".recovery li")).to_have_count(10)

    await page.context.clear_cookies(name="session")
    await page.goto("/signin?next=/account/security")
    for label in ("email", "password"):
        await page.locator(f"#{label}").fill(CLAIRE[label])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url("**/account/security")
    await expect(page.get_by_text("by password and a second factor").first).to_be_visible()
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("It opens nothing any more")).to_be_visible()
    assert await owner.fetchval("select count(*) from recovery_code") == 0
    await page.context.clear_cookies(name="session")
    await page.goto("/signin?next=/account/security")
    for label in ("email", "password"):
        await page.locator(f"#{label}").fill(CLAIRE[label])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/account/security")
