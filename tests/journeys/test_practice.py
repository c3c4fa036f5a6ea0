"""Claire proposes a practice, Inès publishes it, another member takes it up, and the action is in its plan."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import SCRIPTS, Traveller

pytestmark = [pytest.mark.browser]
TITLE = "Dire l’heure du prochain bus à l’arrêt, même en cas de retard"


@SCRIPTS
async def test_from_one_member_s_draft_to_another_member_s_plan(traveller: Traveller, scripts: bool) -> None:
    claire = await traveller.sign_in("claire.lambert", java_script_enabled=scripts)
    await (
        claire.locator("nav[aria-label='Navigation principale']")
        .get_by_role("link", name="Pratiques")
        .click()
    )
    await claire.get_by_role("link", name=TITLE).click()
    await claire.get_by_role("button", name="Proposer au réseau").click()
    await expect(claire.locator("#err-summary, .errors, [role=alert]").first).to_contain_text(
        "Remplissez ce champ"
    )
    await claire.get_by_label("Ce qui a changé").fill("Les voyageurs attendent sans appeler.")
    await claire.get_by_role("button", name="Garder comme brouillon").click()
    await claire.get_by_role("button", name="Proposer au réseau").click()
    await expect(claire.get_by_text("En attente de l’équipe du réseau").first).to_be_visible()

    ines = await traveller.sign_in("ines.caron", java_script_enabled=scripts)
    await ines.goto("/n/excellence-de-service/practices")
    await ines.get_by_role("link", name=TITLE).click()
    await ines.get_by_role("button", name="Publier aux adhérents").click()
    await expect(ines.locator(".notice").first).to_contain_text("est publiée")

    hugo = await traveller.sign_in("hugo.martin", java_script_enabled=scripts)
    await hugo.goto("/portfolio")
    await hugo.get_by_role("link", name=re.compile("Agglomération de Villemer")).first.click()
    await hugo.wait_for_url(re.compile(r"/o/"))
    client = re.match(r".*?/o/([^/]+)", hugo.url)
    assert client
    await hugo.goto(f"/o/{client[1]}/practices?q=prochain+bus")
    await hugo.get_by_role("link", name=TITLE).click()
    await hugo.get_by_role("button", name="Adoptée chez nous").click()
    await hugo.get_by_role("link", name="Ouvrir l’action").click()
    await expect(hugo.get_by_role("heading", level=1)).to_have_text(TITLE)
    await expect(hugo.locator("#finding, .sumlist").first).to_contain_text("Transports du Val")
    await hugo.goto(f"/o/{client[1]}/practices?q=prochain+bus")
    await hugo.get_by_role("link", name=TITLE).click()
    await hugo.get_by_role("button", name="Annuler").click()
    await expect(hugo.get_by_role("button", name="Adoptée chez nous")).to_be_visible()
