"""A member looks where they stand, asks for a group too small to be shown, and widens it."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import SCRIPTS, Traveller

pytestmark = pytest.mark.browser
HOME = "/o/transports-du-val"


@SCRIPTS
async def test_a_hidden_group_is_replaced_and_widened(traveller: Traveller, scripts: bool) -> None:
    page = await traveller.sign_in("sophie.denis", java_script_enabled=scripts)
    await page.goto(f"{HOME}/benchmark")
    await page.wait_for_url(re.compile("/benchmark"))
    await expect(page.locator("#fallback")).to_have_count(0)
    await expect(page.locator(".cf-n")).to_contain_text("10 à 19 organisations")
    await page.locator("#size").select_option("")
    await page.locator("#country").select_option("LU")
    await page.get_by_role("button", name="Comparer").click()
    await expect(page.locator("#fallback")).to_contain_text("Transport de voyageurs, Luxembourg")
    await expect(page.locator(".cf-n")).to_contain_text("Transport de voyageurs.")
    await page.locator("#country").select_option("")
    await page.locator("#sector").select_option("transport")
    await page.get_by_role("button", name="Comparer").click()
    await expect(page.locator("#fallback")).to_have_count(0)
    await expect(page.locator(".cf-n")).to_contain_text("Transport")
    await expect(page).to_have_url(re.compile("sector=transport"))
    shown = await page.locator("#bench").inner_text()
    await page.reload()
    assert await page.locator("#bench").inner_text() == shown
