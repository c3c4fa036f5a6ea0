"""Hugo Martin, consultant, opens a client from his portfolio and takes its action plan away on paper."""

import re
from pathlib import Path

import page as page_validation
import pypdfium2
import pytest
from playwright.async_api import expect

from tests.journeys.conftest import SCRIPTS, Traveller

pytestmark = [pytest.mark.browser, pytest.mark.worker]
CLIENT = "Agglomération de Villemer"


@SCRIPTS
async def test_from_the_portfolio_to_the_action_plan_on_paper(
    traveller: Traveller, tmp_path: Path, scripts: bool
) -> None:
    page = await traveller.sign_in("hugo.martin", java_script_enabled=scripts)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Portefeuille")
    await page.get_by_role("link", name=CLIENT, exact=True).click()
    await expect(page.locator(".banner.warn")).to_contain_text(f"Vous agissez pour {CLIENT}")
    await page.locator("nav[aria-label='Navigation principale']").get_by_role("link", name="Rapports").click()
    await page.wait_for_url(re.compile("/reports$"))
    await page.goto(f"{page.url}/new")
    await page.locator("input[name=kind][value=plan]").check()
    await page.locator("select[name=plan]").select_option(index=1)
    if not scripts:
        await page.get_by_role("button", name="Aperçu").click(
            no_wait_after=True
        )  # the first one warms the press
    await expect(page.locator("#preview img").first).to_be_visible(timeout=60_000)
    await page.get_by_role("button", name="Générer le document").click()
    await page.wait_for_url(re.compile("/reports/[0-9a-f-]{36}$"))
    ready = page.get_by_role("link", name="Télécharger le PDF")
    if scripts:
        await expect(ready).to_be_visible(timeout=60_000)
    else:
        for _ in range(120):
            if await ready.count():
                break
            await page.wait_for_timeout(500)
            await page.get_by_role("link", name="Actualiser").click()
    async with page.expect_download() as coming:
        await ready.click()
    file = tmp_path / "plan.pdf"
    await (await coming.value).save_as(file)
    check_the_document(file)


def check_the_document(file: Path) -> None:
    """Readable, of the firm and the client, and within both standards."""
    document = pypdfium2.PdfDocument(file)
    words = " ".join(sheet.get_textpage().get_text_range() for sheet in document)
    pages = len(document)
    document.close()
    assert pages >= 2
    assert CLIENT in words
    assert "Martin & Lenoir" in words
    for profile in ("3a", "ua1"):
        report = page_validation.validate_pdf_bytes(
            file.read_bytes(), profile=page_validation.ValidationProfile(profile)
        )
        assert report.is_compliant, [failure.message for failure in report.failures]
