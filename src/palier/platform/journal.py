"""The sales journal: issued invoices and credit notes as a file for the accountant, one row each."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from palier.billing.rules.states import InvoiceKind, Issuer
from palier.billing.store import Invoice
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file
from palier.invoicing import wording
from palier.invoicing.freezing import thawed


def sales_journal(rows: Sequence[Invoice]) -> bytes:
    """The file. Amounts of credit notes are negative: the columns add up."""
    return csv_file(_lines(rows))


def _lines(rows: Sequence[Invoice]) -> Iterator[Sequence[Cell]]:
    yield (
        _("Date"), _("Number"), _("Kind"), _("Issued by"), _("Customer"), _("SIRET"), _("VAT number"), _("Country"),
        _("Without VAT"), _("VAT category"), _("VAT rate"), _("VAT"), _("With VAT"), _("Currency"), _("Due on"), _("State"),
        _("Paid on"), _("Payment reference"), _("About invoice"),
    )  # fmt: skip
    kinds, states = wording.kinds(), wording.states()
    for row in rows:
        sign = -1 if row.kind is InvoiceKind.CREDIT_NOTE else 1
        name, siret, vat, country, category, rate, about = _said(row)
        yield (
            row.issued_on, row.number, kinds[row.kind], "Stripe" if row.issuer is Issuer.STRIPE else "Palier", name, siret,
            vat, country, _euros(sign * row.net), category, rate, _euros(sign * row.tax), _euros(sign * row.total),
            row.currency, row.due_on, states[row.state], row.paid_on, row.paid_reference, about,
        )  # fmt: skip


def _said(row: Invoice) -> tuple[str, str, str, str, str, Decimal | None, str]:
    """What the document itself says of its buyer and its VAT; of Stripe's, what the account says."""
    if row.issuer is Issuer.PALIER:
        document = thawed(row.content["document"])
        buyer, treatment = document.buyer, document.treatment
        about = document.corrects.number if document.corrects else ""
        return (
            buyer.name, buyer.siret, buyer.vat_number, buyer.country, treatment.category,
            Decimal(treatment.rate) / 100, about,
        )  # fmt: skip
    account = row.account
    if account is None:
        return "", "", "", "", "", None, ""
    return account.legal_name, account.siret, account.vat_number, account.country, "", None, ""


def _euros(cents: int) -> Decimal:
    return (Decimal(cents) / 100).quantize(Decimal("0.01"))
