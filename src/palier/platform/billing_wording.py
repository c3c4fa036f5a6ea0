"""The words of the staff's pages about money."""

from datetime import datetime, timedelta

from palier.billing.rules.states import AgreementState, InvoiceState, Issuer
from palier.entitlements import wording
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.language import LOCALES, day, language_name
from palier.foundation.language import gettext as _
from palier.invoicing import wording as invoice_words
from palier.invoicing.rules.documents import Document
from palier.invoicing.seller import SellerUnknown
from palier.platform.rules.money import OVERDUE


def tabs() -> list[tuple[str, str, str]]:
    """The pages about money: key, words, address."""
    return [
        ("overview", _("What waits"), "/admin/billing"),
        ("holders", _("Who holds what"), "/admin/billing/holders"),
        ("invoices", _("Invoices"), "/admin/billing/invoices"),
        ("events", _("Events of Stripe"), "/admin/billing/events"),
    ]


def kinds() -> list[tuple[str, str]]:
    """What the list of holders can be narrowed to."""
    return [
        ("", _("Everybody")), (Kind.ORGANISATION, _("Organisations")), (Kind.NETWORK, _("Networks")),
        (Kind.PERSON, _("Consultants")),
    ]  # fmt: skip


def kind(key: str) -> str:
    """What a payer is."""
    return {Kind.ORGANISATION: _("Organisation"), Kind.NETWORK: _("Network"), Kind.PERSON: _("Consultant")}[
        Kind(key)
    ]


def sold_to(kind: Kind, offers: Offers) -> list[tuple[str, str]]:
    """What can be given to this kind of payer."""
    return [(offer.key, wording.offer_name(offer)) for offer in offers.sold_to(kind)]


def languages() -> list[tuple[str, str]]:
    """What invoices and letters can be written in."""
    return [(locale, language_name(locale)) for locale in LOCALES]


def agreement_states() -> dict[AgreementState, str]:
    """Where an agreement is, for a tag."""
    return {
        AgreementState.ASKED: _("Asked for"), AgreementState.ACTIVE: _("Agreed"), AgreementState.REFUSED: _("Refused"),
        AgreementState.WITHDRAWN: _("Withdrawn"), AgreementState.ENDED: _("Has ended"),
    }  # fmt: skip


def invoice_states() -> list[tuple[str, str]]:
    """What the list of invoices can be narrowed to."""
    words = invoice_words.states()
    return [
        ("", _("All states")), (InvoiceState.DRAFT, words[InvoiceState.DRAFT]), (InvoiceState.OPEN, words[InvoiceState.OPEN]),
        (OVERDUE, _("Overdue")), (InvoiceState.PAID, words[InvoiceState.PAID]), (InvoiceState.VOID, words[InvoiceState.VOID]),
    ]  # fmt: skip


def issuers() -> list[tuple[str, str]]:
    """Whose invoices."""
    return [("", _("Ours and Stripe’s")), (Issuer.PALIER, _("Ours")), (Issuer.STRIPE, _("Stripe’s"))]


def seller_unknown(error: SellerUnknown) -> str:
    """Why no invoice can be made out, and what to do."""
    return _("No invoice can be made out until these settings of the installation are right: %(names)s.") % {
        "names": ", ".join(error.variables)
    }


def last_day(moment: datetime) -> datetime:
    """The last moment that something held: what ends at midnight was held the day before."""
    return moment - timedelta(microseconds=1)


def period(document: Document) -> str:
    """The days an invoice is for; empty without."""
    if not (document.starts_on and document.ends_on):
        return ""
    return _("%(start)s to %(end)s") % {"start": day(document.starts_on), "end": day(document.ends_on)}
