"""The pages of a site that sells, under axe in both languages: billing, offers, and what stands where an offer lacks something.

Elsewhere in the sweeps nothing is sold, and one page stands at every address of billing.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser

from palier.foundation.clock import now
from tests.browser.atlas import CLAIRE, HUGO, SOPHIE, VALLEY, Atlas, Place, connection, plant_what_is_missing
from tests.browser.sweeping import Sweeper
from tests.browser.test_accessibility import pages, sweep
from tests.demonstration import Demonstration, copied, web

pytestmark = [pytest.mark.browser, pytest.mark.long]

SELLS = {
    "PALIER_BILLING": "yes", "PALIER_STRIPE_KEY": "sk_test_nobody", "PALIER_STRIPE_WEBHOOK_SECRETS": "whsec_nobody",
    "PALIER_STRIPE_API": "http://127.0.0.1:9",
}  # fmt: skip
"""No page that is only read asks Stripe for anything: at this address nobody answers."""

LACKING = (
    (CLAIRE, VALLEY), (CLAIRE, f"{VALLEY}/people"), (CLAIRE, f"{VALLEY}/settings"), (CLAIRE, f"{VALLEY}/units"),
    (CLAIRE, f"{VALLEY}/settings/sign-on"), (CLAIRE, f"{VALLEY}/questionnaires"), (CLAIRE, f"{VALLEY}/units/new"),
    (CLAIRE, f"{VALLEY}/assessments/new"), (SOPHIE, f"{VALLEY}/billing"), (HUGO, "/portfolio"), (HUGO, "/portfolio/firm"),
)  # fmt: skip
"""Where the offer of a member, or of an independent consultant, does not hold something, or somebody may not see the money."""


async def plant_subscriptions(demonstration: Demonstration) -> None:
    """The consultant has paid; the transport company owes a renewal, and has a place besides."""
    async with connection(demonstration) as owner:
        for column, whose, offer, status in (
            ("person_id", f"select id from person where email = '{HUGO}'", "consultant", "active"),
            ("organisation_id", "select id from organisation where slug = 'transports-du-val'", "organisation", "past_due"),
        ):  # fmt: skip
            holder = await owner.fetchval(whose)
            account = await owner.fetchval(
                f"insert into billing_account (id, {column}, legal_name, email, address_line1, address_line2, postal_code, city, "
                "country, public_body, siret, vat_number, service_code, commitment_number, order_number, locale, stripe_customer, created_at) "
                "values (gen_random_uuid(), $1, 'Payeur', 'payeur@palier.example', '1 rue du Port', '', '35000', 'Rennes', 'FR', false, "
                "'', '', '', '', '', 'fr', $2, now()) "
                f"on conflict ({column}) do update set stripe_customer = excluded.stripe_customer returning id",
                holder, f"cus_{offer}",
            )  # fmt: skip
            owed = now() - timedelta(days=2) if status == "past_due" else None
            await owner.execute(
                'insert into subscription (id, account_id, item, offer, "interval", quantity, status, collection, period_start, '
                "period_end, cancel_at_period_end, past_due_since, method, action_url, amount, created_at, synced_at) values "
                "($1, $2, 'si_1', $3, 'year', 25, $4, 'charge_automatically', now() - interval '2 days', now() + interval '363 days', "
                "false, $5, 'visa 4242', '', 240000, now() - interval '1 year', now())",
                f"sub_{offer}", account, offer, status, owed,
            )  # fmt: skip


@pytest.fixture(scope="module")
async def shop(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Atlas]:
    """The demonstration, on a site that sells."""
    with copied(seeded, "shop", tmp_path_factory.mktemp("shop")) as demonstration:
        await plant_what_is_missing(demonstration)
        await plant_subscriptions(demonstration)
        async with web(demonstration.environment() | SELLS) as address:
            yield await Atlas.draw(demonstration, address)


@pytest.mark.parametrize("locale", ["fr", "en"])
async def test_the_pages_of_a_site_that_sells_pass_axe(shop: Atlas, chromium: Browser, locale: str) -> None:
    await shop.speak(locale)
    places = [
        place for place in pages(shop) if "/billing" in place.address or place.address.endswith("/offers")
    ]
    assert len(places) > 30
    places += [Place(who, address, address) for who, address in LACKING]
    found = await sweep(shop, chromium, places, Sweeper.faults_everywhere, locale)
    assert not found, "\n".join(found)
