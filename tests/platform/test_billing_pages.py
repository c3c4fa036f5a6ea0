"""The staff's pages about money: agreements, invoices, what Stripe told; each act in both trails, nobody else's to see."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import facturx
import pytest
from httpx import ASGITransport
from litestar import Litestar

from palier.app import create_app
from palier.billing.flows import agreeing
from palier.billing.payers import payer_of
from palier.billing.rules.orders import Order
from palier.entitlements.rules.offers import Interval
from palier.foundation import actor as acting
from palier.foundation.audit import PLATFORM
from palier.foundation.clock import today
from palier.foundation.settings import Settings
from tests.conftest import Browser, Cast, Visitor
from tests.invoicing.samples import SELLER
from tests.platform.conftest import AtWork

REASON = "Convention signée le 3 novembre"
SOLD = {
    "seller_name": SELLER.name, "seller_address": "12 rue des Écoles; 75005 Paris", "seller_siret": SELLER.siret,
    "seller_vat": SELLER.vat_number, "seller_iban": SELLER.iban, "seller_bic": SELLER.bic, "contact": SELLER.email,
}  # fmt: skip
DETAILS = {
    "buyer": "french", "legal_name": "Commune du Val", "email": "mairie@val.example", "address_line1": "1 place du Marché",
    "postal_code": "35140", "city": "Saint-Aubin", "country": "FR", "siret": "21350238800019", "locale": "fr", "reason": REASON,
}  # fmt: skip


def day(name: str, on: Any) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


@pytest.fixture
async def shop(stage: Litestar, settings: Settings) -> AsyncIterator[Litestar]:
    """The application of somebody who sells, over the same database."""
    app = create_app(replace(settings, billing=True, **SOLD))
    yield app
    for stop in app.on_shutdown:
        await stop()  # type: ignore[call-arg,misc]


def moved(browser: Visitor, app: Litestar) -> Visitor:
    """The browser before another application."""
    browser._transport = ASGITransport(app=app)
    return browser


async def test_from_a_request_to_an_invoice_a_payment_and_a_credit_note(
    claire: acting.Actor, nora: acting.Actor, gaelle: acting.Person, at_work: AtWork, visit: Browser, shop: Litestar, owner: Any
) -> None:  # fmt: skip
    asked = await agreeing.ask(payer_of(claire), Order("organisation", Interval.YEAR, 30), "Bon 17")
    house = f"/admin/billing/holders/organisation/{claire.organisation_id}"
    here = f"/admin/billing/agreements/{asked.id}"
    async with at_work(gaelle) as browser, visit(claire) as theirs, visit(nora) as hers:
        staff, payer, stranger = (moved(one, shop) for one in (browser, theirs, hers))
        assert "Transports du Val" in (await staff.get("/admin/billing")).text
        wrong = await staff.send_form(f"{here}/accept", {"quantity": "x", "reason": "court"})
        assert wrong.status_code == 422
        assert wrong.text.count("err-msg") == 4, "two days, a number and a reason"
        terms = day("starts", today()) | day("ends", today() + timedelta(days=365)) | {"quantity": "30"}
        assert (await staff.send_form(f"{here}/accept", terms | {"reason": REASON})).headers[
            "location"
        ] == here
        assert "Facture" in (await staff.get(here)).text
        prefilled = dict(
            re.findall(
                r'name="((?:label|quantity|unit)-\d)"[^>]*? value="([^"]*)"', (await staff.get(here)).text
            )
        )
        assert (prefilled["unit-1"], prefilled["quantity-2"], prefilled["unit-2"]) == ("2400", "5", "72")
        lines = (
            prefilled
            | day("since", today())
            | {"why": REASON, "agreement": str(asked.id), "discount-1": "100", "reason-1": "Remise"}
        )
        lines |= day("until", today() + timedelta(days=365))
        kept = await staff.send_form(f"{house}/invoices", lines)
        invoice = kept.headers["location"]
        assert (await staff.get(f"{invoice}/preview")).content.startswith(b"%PDF")
        refused = await staff.send_form(f"{invoice}/issue")
        assert refused.status_code == 422
        assert "L’adresse du payeur n’est pas complète" in refused.text
        assert (await staff.send_form(f"{house}/details", DETAILS)).headers["location"] == house
        sheet = invoice.rpartition("/")[2]
        own = f"/o/transports-du-val/billing/invoices/{sheet}"
        assert (await payer.get(f"{own}.pdf")).status_code == 404, "a draft is nobody's"
        assert (await staff.send_form(f"{invoice}/issue")).status_code == 303
        page = (await staff.get(invoice)).text
        number = f"F{today().year}-0001"
        assert number in page
        pdf = await payer.get(f"{own}.pdf")
        assert pdf.headers["content-disposition"].startswith("attachment")
        assert facturx.get_xml_from_pdf(pdf.content)[1] == (await payer.get(f"{own}.xml")).content
        assert (await staff.get(f"/admin/billing/files/{sheet}.pdf")).content == pdf.content
        for address in (
            f"{own}.pdf",
            f"/o/clinique-du-lac/billing/invoices/{sheet}.pdf",
            f"/account/billing/invoices/{sheet}.xml",
            here,
            invoice,
        ):
            assert (await stranger.get(address)).status_code == 404, address
        for name in (f"{sheet}.exe", "nothing.pdf", sheet):
            assert (await payer.get(f"/o/transports-du-val/billing/invoices/{name}")).status_code == 404
        part = await staff.send_form(f"{invoice}/credit", {"amount": "100,50", "reason": REASON})
        assert "A" in (await staff.get(part.headers["location"])).text
        assert (
            await staff.send_form(f"{invoice}/credit", {"amount": "9999", "reason": REASON})
        ).status_code == 422
        assert (await staff.send_form(f"{invoice}/paid", {"reference": ""})).status_code == 422
        await staff.send_form(f"{invoice}/paid", day("on", today()) | {"reference": "VIR 77"})
        assert "VIR 77" in (await staff.get(invoice)).text
        for query in ("", "?state=paid", f"?q={number}", f"?year={today().year}&issuer=palier"):
            assert number in (await staff.get(f"/admin/billing/invoices{query}")).text
        assert number not in (await staff.get("/admin/billing/invoices?state=overdue")).text
        journal = (
            await staff.get(f"/admin/billing/invoices/journal.csv?year={today().year}")
        ).content.decode("utf-8-sig")
        rows = [line.split(";") for line in journal.splitlines()]
        assert [row[1] for row in rows[1:]] == [f"A{today().year}-0001", number]
        assert (rows[1][8], rows[2][8], rows[2][11]) == ("-100,5", "2660", "532")
        found = (await staff.get("/admin/billing/holders?q=transports")).text
        assert "Organisation" in found
        assert house in found
    verbs = await owner.fetch(
        "select chain, verb from audit_entry where verb like 'invoicing.%' or verb like 'billing.%'"
    )
    for verb in (
        "billing.agreement_accepted",
        "billing.details_changed",
        "invoicing.drafted",
        "invoicing.issued",
        "invoicing.credited",
        "invoicing.paid",
    ):
        assert {row["chain"] for row in verbs if row["verb"] == verb} == {PLATFORM, claire.organisation_id}, (
            verb
        )


async def test_the_staff_give_offers_refuse_requests_and_look_at_events_again(
    cast: Cast, claire: acting.Actor, gaelle: acting.Person, at_work: AtWork, shop: Litestar, owner: Any
) -> None:  # fmt: skip
    hugo = cast.people["hugo"]
    asked = await agreeing.ask(payer_of(claire), Order("organisation", Interval.YEAR, 30))
    await owner.execute(
        "insert into stripe_event (id, type, created, livemode, payload, received_at, attempts, error, note)"
        " values ('evt_1', 'invoice.paid', 1, false, '{\"secret\": 1}', now(), 3, 'no account of ours has this customer', '')"
    )
    async with at_work(gaelle) as browser:
        staff = moved(browser, shop)
        here = f"/admin/billing/holders/person/{hugo.person_id}"
        assert hugo.email in (await staff.get(f"/admin/billing/holders?q={hugo.email}")).text
        assert hugo.email not in (await staff.get("/admin/billing/holders?kind=person")).text
        terms = day("starts", today()) | day("ends", today()) | {"reason": REASON, "free": "yes"}
        assert (await staff.send_form(f"{here}/give", terms | {"offer": "network"})).status_code == 422
        given = await staff.send_form(f"{here}/give", terms | {"offer": "consultant"})
        assert "Accordé" in (await staff.get(given.headers["location"])).text
        assert (
            await owner.fetchval("select source from entitlement where person_id = $1", hugo.person_id)
            == "free"
        )
        agreement = f"/admin/billing/agreements/{asked.id}"
        assert (await staff.send_form(f"{agreement}/refuse", {"why": "non"})).status_code == 422
        await staff.send_form(f"{agreement}/refuse", {"why": "Il manque un bon de commande"})
        late = await staff.send_form(f"{agreement}/refuse", {"why": "Il manque un bon de commande"})
        assert late.headers["location"] == agreement
        events = (await staff.get("/admin/billing/events")).text
        assert "evt_1" in events
        assert "secret" not in events
        await staff.send_form("/admin/billing/events/evt_1/retry")
        assert await owner.fetchval("select attempts from stripe_event") == 0
        assert (
            await owner.fetchval("select count(*) from procrastinate_jobs where task_name = 'billing.drain'")
            == 1
        )
        moved_on = await staff.send_form(
            f"{given.headers['location']}/end", day("last", today()) | {"last-reason": REASON}
        )
        assert moved_on.status_code == 422, "it ends today already"
        for unknown in (
            f"/admin/billing/holders/robot/{hugo.person_id}",
            f"/admin/billing/holders/network/{hugo.person_id}",
        ):
            assert (await staff.get(unknown)).status_code == 404
