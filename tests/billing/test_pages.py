"""The billing pages over HTTP: who sees them, what stands on them, what is said when something is wrong."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import ASGITransport
from litestar import Litestar

from palier.billing.store import BillingAccount, OfferAgreement
from palier.entitlements.flows.granting import grant
from palier.entitlements.rules.offers import Kind, Source
from palier.foundation import actor as acting
from palier.foundation.clock import now
from palier.foundation.database import WORKER, only_reading, reading, select, transaction
from palier.foundation.settings import Settings
from tests.applications import application
from tests.conftest import Cast, Visitor

VALLEY = "/o/transports-du-val/billing"
SIRET = "73282932000074"
BODY = {
    "buyer": "french", "legal_name": "Ville du Val", "email": "compta@example.org", "address_line1": "1 place de la Mairie",
    "postal_code": "35000", "city": "Rennes", "country": "FR", "siret": "732 829 320 00074", "service_code": "SG-01",
    "commitment_number": "EJ 2026 1234",
}  # fmt: skip
Enter = Callable[[acting.Actor | acting.Person], AbstractAsyncContextManager[Visitor]]


@pytest.fixture(scope="module")
def shop(settings: Settings) -> Litestar:
    """The application where offers are sold and no key of Stripe is set: everything is asked for and agreed."""
    return application(replace(settings, billing=True))


@pytest.fixture
def enter(shop: Litestar, stage: Litestar) -> Enter:
    @asynccontextmanager
    async def opened(who: acting.Actor | acting.Person) -> AsyncIterator[Visitor]:
        person = who.person if isinstance(who, acting.Actor) else who
        transport = ASGITransport(app=shop)
        async with Visitor(transport=transport, base_url="http://palier.test") as browser:
            await browser.sign_in(person)
            yield browser

    return opened


async def hold(actor: acting.Actor, offer: str, source: Source, **values: Any) -> None:
    only_reading.set(False)
    async with transaction(actor):
        await select("select set_config('role', $1, true)", WORKER)  # nobody agrees with themselves
        await grant(Kind.ORGANISATION, actor.organisation_id, offer, source, "test", **values)


async def test_owners_see_their_billing_others_are_told_who_does_strangers_nothing(
    enter: Enter, claire: acting.Actor, malik: acting.Actor, nora: acting.Actor
) -> None:
    for place in ("", "/offers", "/details", "/buy?offer=organisation", "/invoice?offer=organisation"):
        async with enter(claire) as browser:
            assert (await browser.get(VALLEY + place)).status_code == 200
        async with enter(malik) as browser:
            assert (await browser.get(VALLEY + place)).status_code == 403
        async with enter(nora) as browser:
            assert (await browser.get(VALLEY + place)).status_code == 404


async def test_where_nothing_is_sold_the_page_says_so(visit: Any, claire: acting.Actor) -> None:
    async with visit(claire) as browser:
        for place in ("", "/offers", "/buy?offer=organisation", "/change", "/cancel", "/details"):
            said = await browser.get(VALLEY + place)
            assert said.status_code == 200
            assert "Rien n’est vendu ici" in said.text


async def test_the_page_says_what_is_held_and_where_it_comes_from(enter: Enter, claire: acting.Actor) -> None:
    async with enter(claire) as browser:
        free = (await browser.get(VALLEY)).text
        assert "Flash" in free
        assert "3 sur 3 sièges" in free
        assert f"{VALLEY}/offers" in free
        await hold(claire, "organisation", Source.MANUAL, valid_to=now() + timedelta(days=200))
        held = (await browser.get(VALLEY)).text
        assert "Convenue avec nous" in held
        assert "3 sur 25 sièges" in held
        assert "Unités et territoires" in held


async def test_a_total_is_computed_for_what_is_typed(enter: Enter, claire: acting.Actor) -> None:
    async with enter(claire) as browser:
        more = (await browser.get(f"{VALLEY}/buy?offer=organisation&interval=year&quantity=30")).text
        assert "2\u202f760,00\xa0€" in more  # 2 400 and five further at 72
        fewer = (await browser.get(f"{VALLEY}/buy?offer=organisation&interval=month&quantity=3")).text
        assert 'name="quantity" value="25"' in fewer  # what is included costs the same
        assert "240,00\xa0€" in fewer
        assert "Une fois par an" in more
        wrong = await browser.get(f"{VALLEY}/buy?offer=organisation&quantity=many")
        assert wrong.status_code == 422
        assert "Aller au paiement" not in wrong.text
        assert 'value="many"' in wrong.text
        part = await browser.get(
            f"{VALLEY}/buy?offer=organisation&quantity=30", headers={"hx-request": "true"}
        )
        assert part.text.strip().startswith("<section")
        assert "2\u202f760,00\xa0€" in part.text
        assert (await browser.get(f"{VALLEY}/buy?offer=consultant")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"siret": "732 829 320 00075"}, "un de ses chiffres est faux"),
        ({"siret": "732829320"}, "SIREN"),
        ({"siret": ""}, "Chorus Pro reconnaît"),
        ({"country": "BE"}, "a son adresse en France"),
        ({"vat_number": "FR83404833048"}, "FR44732829320"),
        ({"buyer": "foreign"}, "Choisissez le pays"),
        ({"buyer": "foreign", "country": "DE", "vat_number": "FR44732829320"}, "dans un autre pays"),
        ({"email": "nobody"}, "Écrivez une adresse"),
        ({"legal_name": ""}, "Écrivez la raison sociale"),
        ({"commitment_number": "9" * 51}, "50 caractères au plus"),
    ],
)
async def test_a_wrong_field_says_why_and_keeps_what_was_typed(
    enter: Enter, claire: acting.Actor, typed: dict[str, str], said: str
) -> None:
    order = {"offer": "organisation", "interval": "year", "quantity": "30"}
    async with enter(claire) as browser:
        answer = await browser.send_form(f"{VALLEY}/invoice", order | BODY | typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="1 place de la Mairie"' in answer.text
    assert 'name="quantity" value="30"' in answer.text
    async with reading(claire):
        assert await OfferAgreement.all().count() == 0


async def test_without_stripe_an_offer_is_asked_for(enter: Enter, claire: acting.Actor) -> None:
    order = {"offer": "organisation", "interval": "year", "quantity": "30"}
    async with enter(claire) as browser:
        there = await browser.send_form(f"{VALLEY}/buy", order | {"way": "invoice"})
        assert there.headers["location"] == f"{VALLEY}/invoice?offer=organisation&interval=year&quantity=30"
        refused = await browser.send_form(f"{VALLEY}/buy", order | {"way": "stripe"})
        assert refused.status_code == 422
        assert "Demandez plutôt une facture" in refused.text
        asked = await browser.send_form(f"{VALLEY}/invoice", order | BODY)
        again = await browser.send_form(f"{VALLEY}/invoice", order | BODY)
        assert asked.status_code == again.status_code == 303
        page = (await browser.get(VALLEY)).text
        assert "30 sièges, le" in page
        assert (await browser.send_form(f"{VALLEY}/withdraw")).headers["location"] == VALLEY
        assert "30 sièges, le" not in (await browser.get(VALLEY)).text
        assert (await browser.send_form(f"{VALLEY}/withdraw")).status_code == 303
    assert SIRET in page
    assert "EJ 2026 1234" in page
    async with reading(claire):
        rows = await OfferAgreement.all()
        account = await BillingAccount.get()
    assert [(row.offer, row.quantity) for row in rows] == [("organisation", 30)]
    assert account.public_body
    assert account.siret == SIRET


async def test_billing_details_are_kept_for_the_invoices_to_come(enter: Enter, claire: acting.Actor) -> None:
    async with enter(claire) as browser:
        kept = BODY | {"buyer": "other", "siret": "", "vat_number": "44732829320"}
        assert (await browser.send_form(f"{VALLEY}/details", kept)).status_code == 303
        form = (await browser.get(f"{VALLEY}/details")).text
    assert 'value="FR44732829320"' in form
    assert 'value="Ville du Val"' in form


async def test_a_consultant_and_a_network_have_the_same_pages(enter: Enter, cast: Cast, owner: Any) -> None:
    network = await owner.fetchval(
        "insert into network (id, slug, name, k, fictive, created_at) values (gen_random_uuid(), 'cercle', 'Cercle du Val', 5, false, now()) returning id"
    )
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values (gen_random_uuid(), $1, $2)",
        network,
        cast.people["ines"].person_id,
    )
    async with enter(cast.people["hugo"]) as browser:
        assert "Indépendant" in (await browser.get("/account/billing")).text
        assert "Conseil" in (await browser.get("/account/billing/offers")).text
    async with enter(cast.people["ines"]) as browser:
        assert "Cercle" in (await browser.get("/n/cercle/billing")).text
        assert "6\u202f000\u00a0€</span> par an" in (await browser.get("/n/cercle/billing/offers")).text
    async with enter(cast.people["hugo"]) as browser:
        assert (await browser.get("/n/cercle/billing")).status_code == 404
