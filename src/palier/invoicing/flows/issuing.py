"""Our own invoices: drafted, issued with the next number, credited, marked as paid. Once issued nothing of them changes.

A number is taken under a lock of the year's series in the very transaction that writes the invoice: twenty at once get
twenty numbers in a row, and one that fails takes none (CGI, annexe II, article 242 nonies A).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from palier.billing.flows.recording import record_for
from palier.billing.rules.states import InvoiceKind, InvoiceState, Issuer
from palier.billing.store import BillingAccount, Invoice
from palier.foundation.actor import StaffActor
from palier.foundation.clock import today
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import speaking
from palier.invoicing import mentions
from palier.invoicing.cii import cii_of
from palier.invoicing.freezing import frozen, thawed
from palier.invoicing.rules.buyers import Lack, lacks_of
from palier.invoicing.rules.documents import (
    Buyer,
    Corrected,
    Document,
    DocumentKind,
    References,
    Seller,
    credited_lines,
    due_date,
    numbered,
    series_of,
)
from palier.invoicing.rules.money import Line
from palier.invoicing.rules.taxing import FRENCH, OwnRates, treatment_of


class Incomplete(Exception):
    """The account lacks what an invoice must say; `lacks` names it."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(", ".join(lacks))
        self.lacks = lacks


class WrongState(Exception):
    """The document is not in a state in which this can be done: somebody did it meanwhile."""


class TooMuch(Exception):
    """More is to be given back than is left of the invoice, or nothing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be invoiced. `note`: a sentence of the staff's that is printed with the others."""

    lines: tuple[Line, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    note: str = ""


async def draft(
    staff: StaffActor,
    account: UUID,
    wanted: Draft,
    reason: str,
    seller: Seller,
    agreement: UUID | None = None,
) -> Invoice:
    """Write down what is to be invoiced; it has no number, and can be looked at first. The payer does not see it."""
    async with transaction(staff):
        payer = await BillingAccount.get(id=account)
        document = composed(payer, wanted, seller)
        row = await Invoice.create(
            id=new_id(), account_id=account, issuer=Issuer.PALIER, state=InvoiceState.DRAFT, agreement_id=agreement,
            content={"document": frozen(document), "note": wanted.note}, net=document.net, tax=document.tax, total=document.total,
        )  # fmt: skip
        await record_for(
            staff, payer, "invoicing.drafted", f"invoice {row.id}", total=document.total, reason=reason
        )
    return row


async def discard(staff: StaffActor, invoice: UUID) -> None:
    """Throw a draft away. Raises WrongState."""
    async with transaction(staff):
        row = await _locked(invoice, InvoiceState.DRAFT)
        await Invoice.filter(id=row.id).update(state=InvoiceState.VOID)
        await record_for(staff, await _payer(row), "invoicing.discarded", f"invoice {row.id}")


async def previewed(row: Invoice, seller: Seller) -> Document:
    """A draft as it would be issued today, without a number; within a reading."""
    payer = await BillingAccount.get(id=row.account_id)
    return composed(payer, _draft_of(row), seller)


async def issue(staff: StaffActor, invoice: UUID, seller: Seller) -> Invoice:
    """Give a draft the next number of its series, and freeze it. Raises WrongState, Incomplete."""
    async with transaction(staff):
        row = await _locked(invoice, InvoiceState.DRAFT)
        payer = await BillingAccount.get(id=row.account_id)
        document = composed(payer, _draft_of(row), seller)
        if lacks := lacking(payer):
            raise Incomplete(lacks)
        await _keep(row, replace(document, number=await _next_number(document)), InvoiceState.OPEN)
        await record_for(
            staff,
            payer,
            "invoicing.issued",
            f"invoice {row.id}",
            number=row.number,
            total=row.total,
            due=row.due_on,
        )
    return row


async def credit(staff: StaffActor, invoice: UUID, net: int | None, reason: str, seller: Seller) -> Invoice:
    """Give back `net` cents of an issued invoice, or all that is left (None), by a credit note with a number of its own.

    An invoice not paid yet of which nothing is left is cancelled, and its credit note settled with it. Raises WrongState,
    TooMuch.
    """
    async with transaction(staff):
        about = await _locked(invoice, InvoiceState.OPEN, InvoiceState.PAID)
        if about.kind is not InvoiceKind.INVOICE:
            raise WrongState
        payer = await _payer(about)
        original = thawed(about.content["document"])
        before = await _credited(about)
        document = _credit_note(original, before, net, reason, seller)
        cancelled = about.state is InvoiceState.OPEN and before + document.net == original.net
        row = Invoice(
            id=new_id(), account_id=about.account_id, issuer=Issuer.PALIER, kind=InvoiceKind.CREDIT_NOTE,
            state=InvoiceState.DRAFT, corrects_id=about.id, agreement_id=about.agreement_id,
        )  # fmt: skip
        number = await _next_number(document)
        state = InvoiceState.PAID if cancelled else InvoiceState.OPEN
        await _keep(row, replace(document, number=number), state, new=True)
        if cancelled:
            await Invoice.filter(id=about.id).update(state=InvoiceState.VOID)
        await record_for(
            staff, payer, "invoicing.credited", f"invoice {row.id}", number=number, about=about.number, total=row.total,
            reason=reason,
        )  # fmt: skip
    return row


async def mark_paid(staff: StaffActor, invoice: UUID, on: date, reference: str) -> Invoice:
    """The transfer came, or what a credit note gives back was sent. Raises WrongState."""
    async with transaction(staff):
        row = await _locked(invoice, InvoiceState.OPEN)
        row.state, row.paid_on, row.paid_reference = InvoiceState.PAID, on, reference[:80]
        await row.save(update_fields=["state", "paid_on", "paid_reference"])
        await record_for(
            staff,
            await _payer(row),
            "invoicing.paid",
            f"invoice {row.id}",
            number=row.number,
            on=on,
            reference=reference,
        )
    return row


def lacking(account: BillingAccount) -> list[Lack]:
    """What the account must say before an invoice is issued to it."""
    try:
        treatment_of(account.country, account.vat_number, account.postal_code)
    except OwnRates:
        return [*lacks_of(buyer_of(account)), Lack.OWN_RATES]
    return lacks_of(buyer_of(account))


def buyer_of(account: BillingAccount) -> Buyer:
    """The payer, as its account says now."""
    street = tuple(line for line in (account.address_line1, account.address_line2) if line)
    return Buyer(
        account.legal_name, street, account.postal_code, account.city, account.country, account.email, account.siret,
        account.vat_number, account.public_body,
    )  # fmt: skip


def composed(account: BillingAccount, wanted: Draft, seller: Seller) -> Document:
    """The invoice as of today, in the payer's language, without a number."""
    on = today()
    try:
        treatment = treatment_of(account.country, account.vat_number, account.postal_code)
    except OwnRates:
        treatment = FRENCH  # shown in a draft only: `lacking` keeps it from being issued
    document = Document(
        DocumentKind.INVOICE, "", on, due_date(on), seller, buyer_of(account), wanted.lines, treatment,
        References(account.service_code, account.commitment_number, account.order_number), wanted.starts_on, wanted.ends_on,
        locale=account.locale,
    )  # fmt: skip
    return _worded(document, wanted.note)


def _credit_note(original: Document, before: int, net: int | None, reason: str, seller: Seller) -> Document:
    on = today()
    with speaking(original.locale):
        label = _("Part of invoice %(number)s given back") % {"number": original.number}
    try:
        lines = credited_lines(original, before, net, label, reason)
    except ValueError as error:
        raise TooMuch from error
    document = replace(
        original, kind=DocumentKind.CREDIT_NOTE, number="", issued_on=on, due_on=on, seller=seller, lines=lines,
        corrects=Corrected(original.number, original.issued_on, before),
    )  # fmt: skip
    return _worded(document, reason)


def _worded(document: Document, note: str) -> Document:
    """With what the law wants said, in the payer's language."""
    with speaking(document.locale):
        said = replace(
            document,
            terms=mentions.terms_of(document),
            exemption=mentions.exemption_of(document.treatment.category),
        )
        return replace(said, notes=mentions.notes_of(said, note))


def _draft_of(row: Invoice) -> Draft:
    document = thawed(row.content["document"])
    return Draft(document.lines, document.starts_on, document.ends_on, row.content["note"])


async def _keep(row: Invoice, document: Document, state: InvoiceState, *, new: bool = False) -> None:
    """Freeze the document, and its data with it: what a reader of files got on the day of issue, it gets for ever."""
    values: dict[str, Any] = {
        "state": state, "number": document.number, "issued_on": document.issued_on, "due_on": document.due_on,
        "net": document.net, "tax": document.tax, "total": document.total, "currency": document.currency,
        "content": {"document": frozen(document), "cii": cii_of(document).decode()},
    }  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    await row.save(force_create=new, update_fields=None if new else list(values))


async def _next_number(document: Document) -> str:
    series = series_of(document.kind, document.issued_on.year)
    await select(
        "insert into invoice_series (series, newest) values ($1, 0) on conflict (series) do nothing", series
    )
    rows = await select(
        "update invoice_series set newest = newest + 1 where series = $1 returning newest", series
    )
    return numbered(series, rows[0]["newest"])


async def _credited(invoice: Invoice) -> int:
    """Cents without VAT that credit notes gave back of it so far."""
    rows = await Invoice.filter(corrects_id=invoice.id, kind=InvoiceKind.CREDIT_NOTE)
    return sum(row.net for row in rows)


async def _locked(invoice: UUID, *states: InvoiceState) -> Invoice:
    """One of our own, nobody else's until the transaction ends. Raises WrongState, DoesNotExist."""
    row = await Invoice.filter(id=invoice, issuer=Issuer.PALIER).select_for_update().get()
    if row.state not in states:
        raise WrongState
    return row


async def _payer(row: Invoice) -> BillingAccount | None:
    return await BillingAccount.get_or_none(id=row.account_id) if row.account_id else None
