"""In a browser, from the offers to the end: choose, pay (declined, then good), entitled, seats, invoice, cancel, undo.

A web process of its own sells on loopback, and a Stripe of ours takes the payments on loopback beside it.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, BrowserContext, Page, expect

from palier.billing.flows import pricing
from palier.billing.stripe import till_from
from palier.foundation import actor as acting
from palier.foundation import clock
from palier.foundation.jobs import queue
from palier.foundation.settings import Settings
from palier.foundation.working import closing
from palier.jobs import jobs
from tests.billing.selling import HOOK, KEY, SECRET
from tests.billing.stripe_peer import methods, spec
from tests.billing.stripe_peer import time as peer_time
from tests.billing.stripe_peer.app import Peer
from tests.billing.stripe_peer.post import Post
from tests.billing.stripe_peer.world import World
from tests.browser.doors import Door, SignInAs
from tests.demonstration import free_port, web
from tests.leaving import leave
from tests.roles import as_the_worker

pytestmark = pytest.mark.browser
VALLEY, CLINIC = "/o/transports-du-val/billing", "/o/clinique-du-lac/billing"


@dataclass
class Street:
    """Palier and Stripe, each behind a door of its own."""

    palier: str
    world: World
    post: Post
    work: Callable[[], Awaitable[None]]

    async def events_come(self) -> None:
        """What Stripe has to tell is told, and the worker follows it."""
        async with httpx.AsyncClient(base_url=self.palier) as client:
            answers = await self.post.deliver(client, HOOK, times=2, shuffle=7)
        assert {answer.status_code for answer in answers} == {200}
        await self.work()


@pytest.fixture(scope="module")
async def stripe_door() -> AsyncIterator[World]:
    """A Stripe on loopback."""
    if not spec.available():
        pytest.skip(spec.MISSING)
    port = free_port()
    world = World(lambda: clock.now().timestamp(), base=f"http://127.0.0.1:{port}")
    server = uvicorn.Server(
        uvicorn.Config(Peer(world, KEY), host="127.0.0.1", port=port, lifespan="off", log_level="warning")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    yield world
    server.should_exit = True
    await serving
    assert world.faults == [], "\n".join(world.faults)
    assert world.slips == [], "Palier asked for what Stripe does not know"


@pytest.fixture(scope="module")
async def street(settings: Settings, stripe_door: World, repository: Path) -> AsyncIterator[Street]:
    port = free_port()
    sells = {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
        "PYTHONPATH": str(repository / "src"), "PALIER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PALIER_STRIPE_KEY": KEY, "PALIER_STRIPE_WEBHOOK_SECRETS": SECRET, "PALIER_STRIPE_API": stripe_door.base,
    }  # fmt: skip
    selling = replace(
        settings, billing=True, stripe_key=KEY, stripe_webhook_secrets=(SECRET,), stripe_api=stripe_door.base
    )
    till = till_from(selling)
    assert till

    async def work() -> None:
        known = jobs(selling)
        worker = queue(str(settings.database_url), known, by_the_clock=False)
        async with as_the_worker(selling), closing(known), worker.open_async():
            await worker.run_worker_async(
                wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )

    await pricing.make(till)
    await till.close()
    async with web(os.environ | sells, port) as address:
        yield Street(address, stripe_door, Post(stripe_door, SECRET), work)


@pytest.fixture
async def enter(street: Street, stage: Litestar, chromium: Browser) -> AsyncIterator[SignInAs]:
    door = Door(street.palier, chromium)
    yield door.open
    for context in door.opened:
        await leave(context)


async def page_of(context: BrowserContext) -> Page:
    """A page whose every fault is a fault of the test: no refused script, style or form."""
    page = await context.new_page()
    page.on("console", lambda message: _no_refusal(message.text) if message.type == "error" else None)
    return page


def _no_refusal(text: str) -> None:
    assert "Content Security Policy" not in text, text


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def follow(page: Page, name: str) -> None:
    await page.get_by_role("link", name=name, exact=True).click()


async def pay(page: Page, number: str) -> None:
    """Fill in the page at Stripe, and press."""
    await page.get_by_label("Card number").fill(number)
    await press(page, "Subscribe")


async def test_an_owner_takes_an_offer_changes_it_and_ends_it(
    street: Street, enter: SignInAs, claire: acting.Actor
) -> None:
    page = await page_of(await enter(claire))
    standing = page.locator("#standing")
    await page.goto(VALLEY)
    await expect(standing).to_contain_text("3 sur 3 sièges")

    # choose: the total follows what is typed
    await follow(page, "Voir les offres")
    await follow(page, "Choisir Organisation")
    await page.get_by_label("Sièges").fill("26")
    await expect(page.locator("#total")).to_have_text("2\u202f472,00\xa0€")
    await press(page, "Aller au paiement")

    # pay: declined, then good
    await page.wait_for_url(f"{street.world.base}/c/pay/**")
    await pay(page, methods.DECLINED)
    await expect(page.get_by_role("alert")).to_contain_text("declined")
    await pay(page, methods.GOOD)

    # entitled before any event came, and after all of them came twice and in any order; reloading does no harm
    await expect(page).to_have_url(re.compile(f"{VALLEY}/checkout/[0-9a-f-]+$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("L’offre Organisation est à vous")
    await page.reload()
    await expect(page.locator("#outcome")).to_have_attribute("data-state", "paid")
    await page.goto(VALLEY)
    await expect(standing).to_contain_text("3 sur 26 sièges")
    await expect(standing).to_contain_text("Carte Visa finissant par 4242")
    await street.events_come()
    await page.reload()
    await expect(standing).to_contain_text("3 sur 26 sièges")

    # seats: what it costs first, then the change
    await follow(page, "Changer le nombre ou l’offre")
    await page.get_by_label("Sièges").fill("30")
    await press(page, "Voir ce que cela coûte")
    await expect(page.locator("#preview")).to_contain_text("Organisation, 30 sièges")
    await press(page, "Faire le changement")
    await expect(page.locator(".notice").first).to_contain_text("Le changement est fait")
    await expect(standing).to_contain_text("3 sur 30 sièges")

    # the invoice, as a PDF of Stripe's
    row = page.locator("#invoices tbody tr").first
    await expect(row).to_contain_text("Payée")
    address = await row.get_by_role("link", name=re.compile("^PDF")).get_attribute("href")
    async with httpx.AsyncClient() as client:
        assert (await client.get(str(address))).content.startswith(b"%PDF-")

    # cancel, and undo
    await follow(page, "Résilier l’offre")
    await press(page, "Résilier à la fin")
    await expect(standing).to_contain_text("Organisation jusqu’au")
    await expect(standing).to_contain_text("3 sur 30 sièges")
    await street.events_come()
    await page.reload()
    await press(page, "Revenir sur la résiliation")
    await expect(standing.get_by_role("button", name="Revenir sur la résiliation")).to_have_count(0)
    await expect(standing).to_contain_text("Prochaine facture")


async def test_a_public_body_orders_by_invoice_without_a_script(
    street: Street, enter: SignInAs, nora: acting.Actor
) -> None:
    page = await page_of(await enter(nora, java_script_enabled=False))
    await page.goto(f"{CLINIC}/offers")
    await follow(page, "Choisir Organisation")
    await page.get_by_label("Sièges").fill("30")
    await press(page, "Calculer le total")
    await expect(page.locator("#total")).to_have_text("2\u202f760,00\xa0€")

    # by card, without a script, the way to Stripe is a page that goes on by itself
    await press(page, "Aller au paiement")
    await page.wait_for_url(f"{street.world.base}/c/pay/**")
    await follow(page, "Back")
    await expect(page.locator("#standing")).to_contain_text("pas terminée")
    await page.goto(f"{CLINIC}/buy?offer=organisation&quantity=30")
    await page.get_by_text("Sur facture, par virement").click()
    await press(page, "Aller au paiement")

    # the form says what is wrong and keeps what was typed
    for label, value in (
        ("Raison sociale", "Hôpital du Lac"), ("Adresse e-mail pour les factures", "compta@example.org"),
        ("Code postal", "35000"), ("Ville", "Rennes"), ("Code service", "SG-01"), ("Numéro d’engagement", "EJ 2026 12"),
    ):  # fmt: skip
        await page.get_by_label(label, exact=False).first.fill(value)
    await page.locator("#address_line1").fill("1 rue du Lac")
    await page.locator("#siret").fill("732 829 320 00075")
    await press(page, "Commander sur facture")
    await expect(page.locator("#errors")).to_contain_text("un de ses chiffres est faux")
    await expect(page.locator("#commitment_number")).to_have_value("EJ 2026 12")
    await page.locator("#siret").fill("732 829 320 00074")
    await press(page, "Commander sur facture")
    await expect(page.locator("#standing")).to_contain_text("1 sur 30 sièges")
    peer_time.forward(
        street.world, to=street.world.now() + 2 * 3600
    )  # Stripe keeps it an hour before it is final
    await street.events_come()
    await page.reload()
    await expect(page.locator("#invoices tbody tr").first).to_contain_text("À payer")
    await expect(page.locator("#details")).to_contain_text("73282932000074")
