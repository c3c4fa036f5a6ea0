"""The pages before a Stripe that answers, declines, or is away: each says one clear thing, and keeps what was typed."""

import re

import asyncpg
import pytest

from palier.billing.payers import Payer, payer_of
from palier.foundation import actor as acting
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from tests.billing.counter import TRIAL, Tables, bought
from tests.billing.selling import Selling
from tests.billing.stripe_peer.methods import DECLINED, GOOD, IBAN_GOOD
from tests.billing.stripe_peer.world import Trouble
from tests.conftest import Cast, Visitor, plant_member, plant_person

VALLEY = "/o/transports-du-val/billing"
ORDER = {"offer": "organisation", "interval": "year", "quantity": "30"}
AWAY = [Trouble.UNAVAILABLE] * 3
"""As often as a call is tried."""


@pytest.fixture
def payer(claire: acting.Actor) -> Payer:
    return payer_of(claire)


@pytest.fixture
def tables(owner: asyncpg.Connection) -> Tables:
    return Tables(owner)


async def begun(browser: Visitor, **changes: str) -> str:
    """The address of the payment page that a page of ours leads to."""
    answer = await browser.send_form(f"{VALLEY}/buy", ORDER | {"way": "stripe"} | changes)
    assert answer.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found
    return found[1]


async def test_while_stripe_is_away_nothing_is_charged_and_what_was_typed_stays(
    selling: Selling, claire: acting.Actor, tables: Tables
) -> None:
    async with selling.visit(claire) as browser:
        selling.in_trouble(*AWAY)
        refused = await browser.send_form(f"{VALLEY}/buy", ORDER | {"way": "stripe"})
        assert refused.status_code == 422
        assert "Stripe, qui encaisse les paiements, est injoignable" in refused.text
        assert 'name="quantity" value="30"' in refused.text
        assert not await tables.count("subscription")
        assert "/c/pay/" in await begun(browser)


async def test_two_clicks_lead_to_one_payment_page_and_the_policy_stays_strict(
    selling: Selling, claire: acting.Actor, tables: Tables
) -> None:
    async with selling.visit(claire) as browser:
        assert await begun(browser) == await begun(browser)
        answer = await browser.send_form(f"{VALLEY}/buy", ORDER | {"way": "stripe"})
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert await tables.count("checkout") == 1


async def test_coming_back_tells_what_became_of_the_payment_as_often_as_one_looks(
    selling: Selling, claire: acting.Actor, nora: acting.Actor, tables: Tables
) -> None:
    async with selling.visit(claire) as browser:
        url = await begun(browser)
        place = f"{VALLEY}/checkout/{(await tables.one('checkout'))['id']}"
        assert "n’est pas terminé" in (await browser.get(place)).text
        assert (await selling.pay(url, DECLINED)).status_code == 402
        assert "Rien n’a été débité" in (await browser.get(place)).text
        await selling.pay(url, GOOD)
        selling.in_trouble(*AWAY)
        assert "Ne payez pas une seconde fois" in (await browser.get(place)).text
        for _ in range(2):
            assert "L’offre Organisation est à vous" in (await browser.get(place)).text
        assert (await browser.get(f"{VALLEY}/checkout/{new_id()}")).status_code == 404
    async with selling.visit(nora) as stranger:
        own = place.replace("transports-du-val", "clinique-du-lac")
        assert (await stranger.get(own)).status_code == 404


async def test_a_debit_on_its_way_opens_the_offer_meanwhile(
    selling: Selling, claire: acting.Actor, tables: Tables
) -> None:
    async with selling.visit(claire) as browser:
        await selling.pay(await begun(browser), IBAN_GOOD)
        page = await browser.get(f"{VALLEY}/checkout/{(await tables.one('checkout'))['id']}")
        assert "cinq jours ouvrés" in page.text
        assert "sur 30 sièges" in (await browser.get(VALLEY)).text


async def test_what_a_change_costs_is_told_first_and_nobody_is_removed_by_fewer_seats(
    selling: Selling, claire: acting.Actor, payer: Payer
) -> None:
    await bought(selling, payer)
    for number in range(24):
        await plant_member(claire, await plant_person(f"P{number}", f"p{number}@example.org"), Role.READER)
    async with selling.visit(claire) as browser:
        told = (await browser.get(f"{VALLEY}/change?offer=organisation&interval=year&quantity=25")).text
        assert "Faire le changement" not in told  # nothing would change
        fewer = (await browser.get(f"{VALLEY}/change?offer=organisation&interval=month&quantity=25")).text
        assert "Personne n’est retiré" in fewer
        assert "Faire le changement" in fewer
        selling.in_trouble(*AWAY)
        away = await browser.send_form(f"{VALLEY}/change", ORDER | {"quantity": "40"})
        assert away.status_code == 422
        assert "injoignable" in away.text
        assert 'value="40"' in away.text
        assert (await browser.send_form(f"{VALLEY}/change", ORDER)).status_code == 303
        assert "27 sur 30 sièges" in (await browser.get(VALLEY)).text
        assert (await browser.send_form(f"{VALLEY}/change", ORDER | {"quantity": "x"})).status_code == 422


async def test_an_end_now_asks_who_it_is_and_an_end_later_can_be_taken_back(
    selling: Selling, claire: acting.Actor, payer: Payer, tables: Tables
) -> None:
    await bought(selling, payer)
    async with selling.visit(claire) as browser:
        assert (await browser.send_form(f"{VALLEY}/cancel")).status_code == 303
        assert "Revenir sur la résiliation" in (await browser.get(VALLEY)).text
        assert (await browser.send_form(f"{VALLEY}/undo")).status_code == 303
        assert "Résilier l’offre" in (await browser.get(VALLEY)).text
        unread = await browser.send_form(f"{VALLEY}/cancel/now")
        assert unread.status_code == 422
        await tables.run("update session set proved_at = proved_at - interval '20 minutes'")
        asked = await browser.send_form(f"{VALLEY}/cancel/now", {"understood": "yes"})
        assert (await tables.one("subscription"))["status"] == "active"
        assert asked.status_code == 403 or "/prove" in asked.text
        await tables.run("update session set proved_at = now()")
        assert (await browser.send_form(f"{VALLEY}/cancel/now", {"understood": "yes"})).status_code == 303
        assert "Flash" in (await browser.get(VALLEY)).text
        assert (await browser.send_form(f"{VALLEY}/cancel")).status_code == 422  # nothing runs


async def test_the_portal_and_a_used_trial(
    selling: Selling, claire: acting.Actor, payer: Payer, cast: Cast
) -> None:
    await bought(selling, payer, TRIAL, number="")
    async with selling.visit(claire) as browser:
        assert "jusqu’au" in (await browser.get(VALLEY)).text
        portal = await browser.send_form(f"{VALLEY}/portal")
        assert "/p/session/" in portal.text
        assert "essai de 30 jours" not in (await browser.get(f"{VALLEY}/buy?offer=organisation")).text
        second = await browser.send_form(f"{VALLEY}/buy", ORDER | {"way": "stripe"})
        assert second.status_code == 422
        assert "modifiez-le plutôt" in second.text
        members = await browser.send_form(f"{VALLEY}/buy", ORDER | {"offer": "member", "way": "stripe"})
        assert members.status_code == 422
