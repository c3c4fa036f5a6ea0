"""Words of billing: amounts, ways to pay, where an offer comes from, what an invoice waits for."""

from decimal import Decimal

from palier.billing import store
from palier.billing.rules.states import Collection, InvoiceState
from palier.entitlements import wording
from palier.entitlements.rules.offers import Interval, Offers, Source
from palier.foundation import language
from palier.foundation.language import gettext as _
from palier.foundation.rights import Limit

_CARDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "cartes_bancaires": "CB"}


def amount(cents: int, currency: str = "EUR") -> str:
    """So much money, with its cents: "1 490,00 €" in French, "€1,490.00" in English; a credit has a true minus."""
    return language.money(Decimal(cents) / 100, currency)


def offer_name(key: str, offers: Offers) -> str:
    """What the offer of this key is called; one that is no longer sold is told by its key."""
    offer = offers.every.get(key)
    return wording.offer_name(offer) if offer else key


def every(interval: Interval) -> str:
    """How often one pays, on its own: "Once a year"."""
    return _("Once a year") if interval == Interval.YEAR else _("Once a month")


def per(interval: Interval) -> str:
    """How often a price is paid, after it: "900 € a year"."""
    return _("a year") if interval == Interval.YEAR else _("a month")


def source(key: str, sponsor: str = "") -> str:
    """Where an offer comes from: `key` is a `Source`, or empty for what everybody has."""
    words: dict[str, str] = {
        Source.STRIPE: _("Paid by you"),
        Source.SPONSOR: _("Paid by %(network)s") % {"network": sponsor}
        if sponsor
        else _("Paid by a network"),
        Source.MANUAL: _("Agreed with us"),
        Source.TRIAL: _("Trial"),
        Source.FREE: _("Given by us"),
    }
    return words.get(key, _("Free"))


def method(text: str) -> str:
    """How it is paid, from what Stripe calls it: "visa 4242", "sepa_debit 3000"."""
    kind, _space, last = text.partition(" ")
    if kind == "sepa_debit":
        return _("SEPA debit, account ending in %(last)s") % {"last": last}
    if kind in _CARDS:
        return _("%(card)s card ending in %(last)s") % {"card": _CARDS[kind], "last": last}
    return _("Card ending in %(last)s") % {"last": last} if last else text


def paid_by(subscription: store.Subscription) -> str:
    """How a subscription is paid; empty where nothing is known yet."""
    if subscription.collection is Collection.INVOICE:
        return _("Bank transfer, within 30 days of each invoice")
    return method(subscription.method) if subscription.method else ""


def invoice_state(invoice: store.Invoice) -> str:
    """What an invoice waits for."""
    return {
        InvoiceState.DRAFT: _("In preparation"),
        InvoiceState.OPEN: _("To be paid"),
        InvoiceState.PAID: _("Paid"),
        InvoiceState.VOID: _("Cancelled"),
        InvoiceState.UNCOLLECTIBLE: _("Not paid"),
    }[invoice.state]


def how_many(limit: Limit) -> str:
    """What is asked where a quantity is chosen."""
    return {Limit.SEATS: _("Seats"), Limit.CLIENTS: _("Clients"), Limit.PLACES: _("Places")}[limit]


def what_counts(limit: Limit) -> str:
    """Who takes one of what is counted."""
    return {
        Limit.SEATS: _("Members of the organisation and invitations that wait. Consultants take none."),
        Limit.CLIENTS: _("Organisations that mandate you at one time."),
        Limit.PLACES: _("Organisations whose offer the network pays."),
    }[limit]
