"""Names of offers, of what they hold and of what they count, as every page and letter says them."""

from decimal import Decimal

from palier.entitlements.rules.offers import Interval, Kind, Offer, Offers
from palier.foundation import language
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.rights import Feature, Limit
from palier.questionnaires.catalogue import latest


def offer_name(offer: Offer) -> str:
    """What an offer is called in the reader's language; in English where the file does not say."""
    return offer.name.get(language.current(), offer.name["en"])


def offer_about(offer: Offer) -> str:
    """The sentence that says for whom an offer is."""
    return offer.about.get(language.current(), offer.about["en"])


def feature_name(feature: Feature) -> str:
    """What a feature is called: the head of a row, and between quotation marks in a sentence."""
    return feature_names()[feature]


def feature_names() -> dict[Feature, str]:
    """All of them, in the order in which they are told."""
    return {
        Feature.ACTION_PLANS: _("Action plans"),
        Feature.BENCHMARK: _("Benchmark"),
        Feature.MIRRORS: _("Mirrors: customers and staff answer too"),
        Feature.OWN_QUESTIONNAIRES: _("Your own questionnaires"),
        Feature.UNITS: _("Units and territories"),
        Feature.SINGLE_SIGN_ON: _("Single sign-on"),
        Feature.BRANDING: _("Own logo and colour on documents"),
        Feature.PORTFOLIO: _("Hand-overs, your firm on documents, list of clients as a file"),
        Feature.CAMPAIGNS: _("Campaigns, editions and bulletins"),
    }


def kind_name(kind: Kind) -> str:
    """Whom an offer is sold to."""
    return {
        Kind.ORGANISATION: _("For organisations"),
        Kind.PERSON: _("For consultants"),
        Kind.NETWORK: _("For networks"),
    }[kind]


def counted(limit: Limit, count: int) -> str:
    """So many of what is counted: "10 seats"."""
    if limit is Limit.SEATS:
        return ngettext("%(num)s seat", "%(num)s seats", count) % {"num": language.number(count)}
    if limit is Limit.CLIENTS:
        return ngettext("%(num)s client", "%(num)s clients", count) % {"num": language.number(count)}
    return ngettext("%(num)s place", "%(num)s places", count) % {"num": language.number(count)}


def used_of(limit: Limit, used: int, most: int) -> str:
    """How much of a limit is used: "8 of 10 seats"."""
    return _("%(used)s of %(most)s") % {"used": language.number(used), "most": counted(limit, most)}


def one_more(limit: Limit) -> str:
    """One of what is counted, as in "each further seat"."""
    return {Limit.SEATS: _("seat"), Limit.CLIENTS: _("client"), Limit.PLACES: _("place")}[limit]


def euros(cents: int) -> str:
    """An amount of the public page, without VAT: "2 400 €" or "€2,400"; cents only where there are any."""
    return _("€%(amount)s") % {"amount": language.number(Decimal(cents) / 100, 2 if cents % 100 else 0)}


def questionnaires_of(offer: Offer) -> str:
    """Which questionnaires an offer opens: all, or their titles."""
    if offer.questionnaires is None:
        return _("All")
    return language.joined(_title(code) for code in sorted(offer.questionnaires))


def _title(code: str) -> str:
    return latest(code).title.in_(language.current())


def from_price(offers: Offers, kind: Kind) -> str:
    """What the cheapest offer on sale for somebody of this kind costs a year; empty when none is."""
    bases = [offer.prices[Interval.YEAR].base for offer in offers.sold_to(kind)]
    return euros(min(bases)) if bases else ""


def seats_short(left: int, most: int) -> str:
    """What is said to whoever invites more people than there are seats."""
    words = ngettext(
        "%(num)s seat of %(most)s is free. Nobody was invited: invite fewer people, withdraw an invitation, or have "
        "an owner change the offer.",
        "%(num)s seats of %(most)s are free. Nobody was invited: invite fewer people, withdraw an invitation, or have "
        "an owner change the offer.",
        left,
    )
    return words % {"num": language.number(left), "most": language.number(most)}
