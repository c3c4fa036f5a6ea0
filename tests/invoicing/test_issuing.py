"""Our own invoices in the database: numbers without a gap, contents that never change, and nobody else's to read."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import pytest

from palier.billing.flows import agreeing, describing
from palier.billing.payers import payer_of
from palier.billing.rules.details import Details
from palier.billing.rules.states import InvoiceState
from palier.billing.store import Invoice
from palier.entitlements.rules.offers import Kind
from palier.foundation import actor as acting
from palier.foundation import clock
from palier.foundation.database import reading, transaction
from palier.foundation.settings import Settings, read_settings
from palier.invoicing import factur_x
from palier.invoicing.flows import filing, issuing
from palier.invoicing.flows.issuing import Draft, Incomplete, TooMuch, WrongState
from palier.invoicing.freezing import thawed
from palier.invoicing.rules.buyers import Lack
from palier.invoicing.rules.money import Line
from palier.invoicing.seller import SellerUnknown, seller_of
from tests.invoicing.conftest import Judge
from tests.invoicing.samples import SELLER
from tests.platform.conftest import gaelle, put_on_staff, staff  # noqa: F401

REASON = "Convention signée le 3 novembre"
WANTED = Draft((Line("Offre Organisation, un an", 1, 240_000), Line("Sièges", 5, 7_200)), date(2026, 12, 1), date(2027, 11, 30), "Convention 12")  # fmt: skip
TOWN = Details(
    "Commune de Saint-Aubin", "mairie@aubin.example", "1 place de la République", "", "35140", "Saint-Aubin", "FR", public_body=True,
    siret="21350238800019", service_code="SERVICE-1", commitment_number="EJ-9",
)  # fmt: skip
NewDraft = Callable[..., Awaitable[Invoice]]


@pytest.fixture
def new_draft(claire: acting.Actor, staff: acting.StaffActor) -> NewDraft:
    """Drafts to Claire's organisation, which is a public body here."""

    async def make(wanted: Draft = WANTED, details: Details = TOWN) -> Invoice:
        await describing.describe(payer_of(claire), details)
        account = await agreeing.account_of_holder(
            staff, Kind.ORGANISATION, claire.organisation_id, "x", "", "FR"
        )
        return await issuing.draft(staff, account, wanted, REASON, SELLER)

    return make


async def test_an_issued_invoice_says_everything_and_says_it_for_ever(
    claire: acting.Actor, staff: acting.StaffActor, new_draft: NewDraft, owner: Any, judge: Judge
) -> None:  # fmt: skip
    drafted = await new_draft()
    assert (drafted.number, drafted.total) == ("", 331_200)
    row = await issuing.issue(staff, drafted.id, SELLER)
    year = clock.today().year
    assert (row.number, row.state) == (f"F{year}-0001", InvoiceState.OPEN)
    document = thawed(row.content["document"])
    assert (document.references.service, document.references.purchase_order) == ("SERVICE-1", "EJ-9")
    assert document.buyer.siret == TOWN.siret
    assert document.notes[-1].text == "Convention 12"
    filed = await filing.of_payer(payer_of(claire), row.id)
    factur_x.check(filed.cii)
    assert judge(filed.cii) == []
    await describing.describe(payer_of(claire), replace(TOWN, legal_name="Autre nom"))
    assert (await filing.of_payer(payer_of(claire), row.id)).document.buyer.name == TOWN.legal_name
    for change in ("total = 1", "number = 'F1'", "content = '{}'", "issued_on = '2020-01-01'"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await owner.execute(f"update invoice set {change}")
    with pytest.raises(asyncpg.PostgresError, match="never deleted"):
        await owner.execute("delete from invoice")
    with pytest.raises(WrongState):
        await issuing.issue(staff, drafted.id, SELLER)
    chains = await owner.fetch("select distinct chain from audit_entry where verb = 'invoicing.issued'")
    assert claire.organisation_id in {one["chain"] for one in chains}


async def test_twenty_at_once_get_twenty_numbers_in_a_row_and_a_failed_one_takes_none(
    staff: acting.StaffActor, new_draft: NewDraft, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    drafts = [await new_draft() for _ in range(21)]
    rows = await asyncio.gather(*(issuing.issue(staff, one.id, SELLER) for one in drafts[:19]))

    async def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "record_for", fails)
        with pytest.raises(RuntimeError):
            await issuing.issue(staff, drafts[19].id, SELLER)
    rows.append(await issuing.issue(staff, drafts[20].id, SELLER))
    year = clock.today().year
    assert sorted(row.number for row in rows) == [f"F{year}-{place:04}" for place in range(1, 21)]
    again = await issuing.issue(staff, drafts[19].id, SELLER)
    assert again.number == f"F{year}-0021"


async def test_credit_notes_give_back_no_more_than_there_is_and_cancel_to_the_cent(
    staff: acting.StaffActor, new_draft: NewDraft, judge: Judge
) -> None:  # fmt: skip
    invoice = await issuing.issue(staff, (await new_draft()).id, SELLER)
    with pytest.raises(TooMuch):
        await issuing.credit(staff, invoice.id, invoice.net + 1, REASON, SELLER)
    part = await issuing.credit(staff, invoice.id, 33_333, REASON, SELLER)
    both = await asyncio.gather(
        *(issuing.credit(staff, invoice.id, None, REASON, SELLER) for _ in range(2)), return_exceptions=True
    )
    rest = next(one for one in both if isinstance(one, Invoice))
    assert sum(isinstance(one, WrongState | TooMuch) for one in both) == 1
    assert part.net + rest.net == invoice.net
    assert part.total + rest.total == invoice.total
    year = clock.today().year
    assert (part.number, rest.number) == (f"A{year}-0001", f"A{year}-0002")
    assert (part.state, rest.state) == (InvoiceState.OPEN, InvoiceState.PAID)
    async with reading(staff):
        assert (await Invoice.get(id=invoice.id)).state is InvoiceState.VOID
    for row in (part, rest):
        assert judge(row.content["cii"].encode()) == []
    with pytest.raises(WrongState):
        await issuing.credit(staff, rest.id, None, REASON, SELLER)


async def test_a_payment_is_noted_once(staff: acting.StaffActor, new_draft: NewDraft) -> None:
    invoice = await issuing.issue(staff, (await new_draft()).id, SELLER)
    row = await issuing.mark_paid(staff, invoice.id, clock.today(), "VIR 20261123-77")
    assert (row.state, row.paid_reference) == (InvoiceState.PAID, "VIR 20261123-77")
    with pytest.raises(WrongState):
        await issuing.mark_paid(staff, invoice.id, clock.today(), "twice")
    credit = await issuing.credit(staff, invoice.id, None, REASON, SELLER)
    assert credit.state is InvoiceState.OPEN, "what was paid is to be paid back"
    draft = await new_draft()
    await issuing.discard(staff, draft.id)
    with pytest.raises(WrongState):
        await issuing.issue(staff, draft.id, SELLER)


async def test_nothing_is_issued_while_something_is_missing(
    staff: acting.StaffActor, new_draft: NewDraft, settings: Settings
) -> None:  # fmt: skip
    bare = await new_draft(details=replace(TOWN, siret="", city=""))
    with pytest.raises(Incomplete) as lacking:
        await issuing.issue(staff, bare.id, SELLER)
    assert lacking.value.lacks == [Lack.ADDRESS, Lack.SIRET]
    overseas = await new_draft(details=replace(TOWN, postal_code="97400"))
    with pytest.raises(Incomplete) as lacking:
        await issuing.issue(staff, overseas.id, SELLER)
    assert lacking.value.lacks == [Lack.OWN_RATES]
    with pytest.raises(SellerUnknown) as unknown:
        seller_of(settings)
    assert unknown.value.variables == [
        "PALIER_SELLER_NAME", "PALIER_SELLER_ADDRESS", "PALIER_SELLER_SIRET", "PALIER_SELLER_VAT", "PALIER_SELLER_IBAN",
    ]  # fmt: skip


def test_the_seller_is_read_from_the_settings(settings: Settings) -> None:
    given = replace(
        settings, seller_name="Palier SAS", seller_address="12 rue des Écoles; 75005 Paris", seller_siret="732 829 320 00074",
        seller_vat="FR 44 732 829 320", seller_iban="FR76 3000 6000 0112 3456 7890 189", seller_bic="AGRIFRPP",
        contact="factures@palier.example",
    )  # fmt: skip
    assert seller_of(given) == SELLER
    with pytest.raises(SellerUnknown, match="PALIER_SELLER_VAT"):
        seller_of(replace(given, seller_vat="DE123"))
    assert read_settings({"PALIER_DATA_DIR": str(settings.data_directory)}).seller_name == ""


async def test_the_database_shows_a_payer_its_own_issued_invoices_and_lets_it_write_none(
    claire: acting.Actor, nora: acting.Actor, malik: acting.Actor, staff: acting.StaffActor, new_draft: NewDraft
) -> None:  # fmt: skip
    issued = await issuing.issue(staff, (await new_draft()).id, SELLER)
    await new_draft()
    async with reading(claire):
        assert [row.id for row in await Invoice.all()] == [issued.id]
    for stranger in (nora, nora.person):
        async with reading(stranger):
            assert await Invoice.all() == []
    for who in (claire, nora):
        with pytest.raises(Exception, match="row-level security|no rows|never"):
            async with transaction(who):
                if not await Invoice.filter(id=issued.id).update(state=InvoiceState.PAID):
                    raise LookupError("no rows")
    async with reading(staff):
        assert (await Invoice.get(id=issued.id)).state is InvoiceState.OPEN
