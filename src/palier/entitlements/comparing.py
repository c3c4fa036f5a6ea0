"""The offers side by side, as the public page tells them."""

from collections.abc import Sequence
from dataclasses import dataclass

from palier.entitlements import wording
from palier.entitlements.rules.offers import Interval, Kind, Offer, Offers
from palier.foundation.language import gettext as _


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a comparison: what it is about, and what each offer says to it, in the order of the offers."""

    head: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The offers for one kind of holder."""

    kind: Kind
    title: str
    offers: tuple[Offer, ...]
    rows: tuple[Row, ...]


def comparisons(offers: Offers) -> list[Comparison]:
    """One comparison for each kind of holder, in order."""
    return [_comparison(offers, kind) for kind in Kind]


def _comparison(offers: Offers, kind: Kind) -> Comparison:
    those = tuple(offer for offer in offers.every.values() if offer.kind is kind)
    rows = [
        *(Row(_priced(interval), tuple(_price(offer, interval) for offer in those)) for interval in Interval),
        Row(_("Included"), tuple(wording.counted(offer.counted, offer.included) for offer in those)),
        Row(
            _("Each further %(one)s") % {"one": wording.one_more(those[0].counted)},
            tuple(map(_further, those)),
        ),
        *_questionnaires(kind, those),
        *_features(those),
    ]
    return Comparison(kind, wording.kind_name(kind), those, tuple(rows))


def _priced(interval: Interval) -> str:
    return _("Price a year, without VAT") if interval is Interval.YEAR else _("Price a month, without VAT")


def _price(offer: Offer, interval: Interval) -> str:
    return _("Free") if offer.free else wording.euros(offer.prices[interval].base)


def _further(offer: Offer) -> str:
    if offer.free:
        return "–"
    return _("%(year)s a year or %(month)s a month") % {
        "year": wording.euros(offer.prices[Interval.YEAR].further),
        "month": wording.euros(offer.prices[Interval.MONTH].further),
    }


def _questionnaires(kind: Kind, those: Sequence[Offer]) -> list[Row]:
    if kind is not Kind.ORGANISATION:
        return []
    return [Row(_("Questionnaires for new rounds"), tuple(map(wording.questionnaires_of, those)))]


def _features(those: Sequence[Offer]) -> list[Row]:
    held = frozenset[str]().union(*(offer.features for offer in those))
    return [
        Row(name, tuple(_("Yes") if feature in offer.features else _("No") for offer in those))
        for feature, name in wording.feature_names().items()
        if feature in held
    ]
