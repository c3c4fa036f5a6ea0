"""The words of invoices: on the page, in lists, in files."""

from decimal import Decimal

from palier.billing.rules.states import InvoiceKind, InvoiceState
from palier.foundation.language import country_name, money, number, with_percent
from palier.foundation.language import gettext as _
from palier.invoicing.rules.buyers import Lack
from palier.invoicing.rules.documents import Document, DocumentKind, Seller

country = country_name


def amount(cents: int, currency: str = "EUR") -> str:
    """Cents as people read them: "1 490,00 €"."""
    return money(Decimal(cents) / 100, currency)


def rate(hundredths: int) -> str:
    """A rate of VAT: "20 %", "8,5 %"."""
    return with_percent(number(Decimal(hundredths) / 100, 0 if hundredths % 100 == 0 else 1))


def title_of(document: Document) -> str:
    """What heads it: "Invoice F2026-0001"."""
    credit = document.kind is DocumentKind.CREDIT_NOTE
    if not document.number:
        return _("Credit note, draft") if credit else _("Invoice, draft")
    words = _("Credit note %(number)s") if credit else _("Invoice %(number)s")
    return words % {"number": document.number}


def grouped(iban: str) -> str:
    """An IBAN in groups of four."""
    return "\u00a0".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def registered(seller: Seller) -> str:
    """The numbers of the seller, for the foot of the page."""
    return _("%(name)s – SIRET %(siret)s – VAT number %(vat)s") % {
        "name": seller.name, "siret": seller.siret, "vat": seller.vat_number,
    }  # fmt: skip


def kinds() -> dict[InvoiceKind, str]:
    """What a document is, in lists."""
    return {InvoiceKind.INVOICE: _("Invoice"), InvoiceKind.CREDIT_NOTE: _("Credit note")}


def states() -> dict[InvoiceState, str]:
    """Where a document of ours is, for a tag."""
    return {
        InvoiceState.DRAFT: _("Draft"), InvoiceState.OPEN: _("To be paid"), InvoiceState.PAID: _("Paid"),
        InvoiceState.VOID: _("Cancelled"), InvoiceState.UNCOLLECTIBLE: _("Given up"),
    }  # fmt: skip


def lack(what: Lack) -> str:
    """What an account does not say yet."""
    return {
        Lack.NAME: _("The payer’s legal name is missing."),
        Lack.ADDRESS: _("The payer’s address is not complete."),
        Lack.EMAIL: _("The payer’s address for invoices is missing."),
        Lack.SIRET: _("A public body is found by its SIRET: it is missing."),
        Lack.OWN_RATES: _(
            "The payer is in a territory with VAT rates of its own, which Palier does not know."
        ),
    }[what]
