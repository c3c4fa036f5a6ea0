"""What is sold: offers, their prices, and what a quantity costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from palier.foundation.rights import Feature, Limit


class Kind(StrEnum):
    """Who holds or pays."""

    ORGANISATION = "organisation"
    NETWORK = "network"
    PERSON = "person"


class Interval(StrEnum):
    """How long one payment lasts."""

    YEAR = "year"
    MONTH = "month"


class Source(StrEnum):
    """Who wrote an entitlement."""

    STRIPE = "stripe"
    SPONSOR = "sponsor"
    MANUAL = "manual"
    """An agreement by hand: a purchase order, a transfer, a gift."""
    TRIAL = "trial"
    FREE = "free"
    """Given by the platform's staff, for nothing."""


@dataclass(frozen=True, slots=True)
class Price:
    """Euro cents without VAT for one interval: `base` with `included` of what is counted, `further` for each more."""

    base: int
    included: int
    further: int

    def of(self, quantity: int) -> int:
        """What `quantity` costs, in cents. Less than what is included costs the same."""
        return self.base + max(0, quantity - self.included) * self.further


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of `offers.yaml`. Names and `about` are by language; `questionnaires` None: all of them."""

    key: str
    rank: int
    kind: Kind
    name: Mapping[str, str]
    about: Mapping[str, str]
    features: frozenset[Feature]
    questionnaires: frozenset[str] | None
    counted: Limit
    included: int
    prices: Mapping[Interval, Price]
    members_only: bool = False
    gives: str = ""
    """The offer of the organisations a network gives places to."""

    @property
    def free(self) -> bool:
        """Nobody pays for it: what everybody has who holds no other."""
        return not self.prices

    def lookup_key(self, interval: Interval) -> str:
        """By what its price is found at Stripe: never by an id."""
        return f"palier_{self.key}_{interval}"


@dataclass(frozen=True, slots=True)
class Offers:
    """All of them, in order."""

    every: Mapping[str, Offer]
    currency: str
    trial_days: int
    grace_days: int

    def free_for(self, kind: Kind) -> Offer:
        """What somebody of this kind has without an offer."""
        return next(offer for offer in self.every.values() if offer.kind is kind and offer.free)

    def sold_to(self, kind: Kind) -> list[Offer]:
        """What somebody of this kind can buy, in order."""
        return [offer for offer in self.every.values() if offer.kind is kind and not offer.free]

    def priced(self, lookup_key: str) -> tuple[Offer, Interval] | None:
        """The offer and interval a price at Stripe stands for; None when it is none of ours."""
        for offer in self.every.values():
            for interval in offer.prices:
                if offer.lookup_key(interval) == lookup_key:
                    return offer, interval
        return None
