"""What is ordered and changed, what a change would cost, and why something cannot be bought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from palier.entitlements.rules.offers import Interval


@dataclass(frozen=True, slots=True)
class Order:
    """An offer somebody wants: `quantity` of what it counts, paid once an interval."""

    offer: str
    interval: Interval
    quantity: int
    trial: bool = False
    """Try it first, without a card: once for each account."""
    promotion: bool = True
    """Whether the payment page takes promotion codes."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a running subscription becomes."""

    offer: str
    interval: Interval
    quantity: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would cost, in cents. `due_now` and `next` are what is asked for, with tax; `tax` is the part of tax in
    the one that comes first; `credit` is what is owed to the payer and taken off later invoices."""

    due_now: int
    next: int
    tax: int
    credit: int
    on: datetime | None
    """When `next` is asked for; None: not known."""


class Why(StrEnum):
    """Why something cannot be bought or changed."""

    NOTHING_SOLD = "nothing_sold"
    """No key of Stripe is set: offers are agreed by hand here."""
    NOT_OFFERED = "not_offered"
    """No such offer for this kind of payer, or a quantity that cannot be."""
    MEMBERS_ONLY = "members_only"
    """For verified members of a network only."""
    SUBSCRIBED = "subscribed"
    """A subscription runs: it is changed instead."""
    NOT_SUBSCRIBED = "not_subscribed"
    """No subscription runs that could be changed."""
    TRIAL_USED = "trial_used"
    """The one trial of the account was used."""
    ANOTHER = "another"
    """Another order of the same payer came first, a moment ago."""
    NO_PRICE = "no_price"
    """Stripe has no price for the offer: `palier billing prices` makes it."""


class CannotBuy(Exception):
    """Nothing was ordered and nothing changed; `why` says what stands in the way."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
