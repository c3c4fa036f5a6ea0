"""Claire Lambert, quality director, finishes this year's round and makes a plan of it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import SCRIPTS, Traveller

pytestmark = pytest.mark.browser
HOME = "/o/transports-du-val"


@SCRIPTS
async def test_from_the_last_answers_to_the_plan(traveller: Traveller, scripts: bool) -> None:
    page = await traveller.sign_in("claire.lambert", java_script_enabled=scripts)
    await page.goto(f"{HOME}/assessments")
    await page.locator("main").get_by_role("link", name=re.compile("2026")).first.click()
    await page.get_by_role("link", name="Reprendre").click()
    assert await answer_what_is_left(page) == 3
    await expect(page.locator("main")).to_contain_text("Tout ce qui vous est attribué a une réponse.")
    await page.get_by_role("link", name="Reprendre").click()
    assert await answer_what_is_left(page) == 9
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Vérifier")
    await page.get_by_role("link", name="Remettre l’évaluation").click()
    await submit(page)
    await page.get_by_role("link", name="Voir les résultats").click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator(".hero .big")).to_contain_text(re.compile(r"\d\d,\d"))
    await generate_a_plan(page)


async def answer_what_is_left(page: Page) -> int:
    """Level 3 wherever nothing was answered; how often."""
    answered = 0
    while "/q/" in page.url:
        here = page.url
        await page.locator("#a3").check()
        await page.get_by_role("button", name="Continuer").click()
        await page.wait_for_url(lambda url, here=here: url != here)
        answered += 1
    return answered


async def submit(page: Page) -> None:
    """Commit: a missing name is asked for, then the receipt comes."""
    await page.get_by_label("Nom de la personne").fill("")
    await page.get_by_role("button", name="Remettre et verrouiller").click()
    await expect(page).to_have_title(re.compile("^Erreur"))
    await expect(page.locator("#errors")).to_be_focused()
    await page.locator("input[name=consent][value=yes]").check()
    await page.get_by_label("Nom de la personne").fill("Claire Lambert")
    await page.get_by_role("button", name="Remettre et verrouiller").click()
    await page.wait_for_url(re.compile("/receipt$"))
    await expect(page.locator("main")).to_contain_text("Claire Lambert")


async def generate_a_plan(page: Page) -> None:
    """Five dated actions with owners, one left out before confirming; then one is moved on."""
    await page.goto(f"{HOME}/plans/new")
    await page.locator("#title").fill("Cap 2027")
    await page.get_by_role("button", name="Continuer").click()
    await page.wait_for_url(re.compile("/generate$"))
    included = page.locator("input[type=checkbox][name^=include]")
    await expect(included).to_have_count(5)
    await included.last.uncheck()
    await page.locator("select[name$=-owner]").first.select_option(label="Malik Ouali")
    await page.get_by_role("button", name="Confirmer le plan").click()
    await page.wait_for_url(re.compile(r"/plans/[^/?]+([?#].*)?$"))
    await page.goto(f"{re.split('[?#]', page.url)[0]}?view=list")
    rows = page.locator("[id^=row-]")
    await expect(rows).to_have_count(4)
    await expect(rows.locator("option:checked", has_text="Malik Ouali")).to_have_count(1)
    await rows.first.locator("select[name=status]").select_option("in_progress")
    await rows.first.get_by_role("button", name="Enregistrer").click()
    await expect(
        page.locator("[id^=row-]").first.locator("option:checked", has_text="En cours")
    ).to_have_count(1)
    await page.reload()
    await expect(page.locator("option:checked", has_text="En cours")).to_have_count(1)
