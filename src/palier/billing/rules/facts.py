"""What a standing is worked out from (`standing`): what the tables hold of one payer, at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from palier.billing.rules.states import AgreementState, CheckoutState, Collection, SponsorshipState
from palier.entitlements.rules.offers import Interval, Kind, Source

PARIS: Final = ZoneInfo("Europe/Paris")


def day_of(moment: datetime) -> date:
    """The day of a moment in Paris."""
    return moment.astimezone(PARIS).date()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What is known of the newest subscription. `gone` is the end of the grace; `cents` the next invoice without VAT."""

    offer: str
    interval: Interval
    quantity: int
    status: str
    collection: Collection = Collection.CHARGE
    period_end: datetime | None = None
    trial_end: datetime | None = None
    ends: datetime | None = None
    """Where it was cancelled: when it ends."""
    ended: datetime | None = None
    past_due_since: datetime | None = None
    gone: datetime | None = None
    method: str = ""
    action_url: str = ""
    """Where what is owed can be paid."""
    to_confirm: bool = False
    """Whether the bank waits for the payer's confirmation."""
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """The newest payment page that was opened and not paid."""

    offer: str
    state: CheckoutState
    expires: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """The oldest invoice that waits for its money."""

    number: str
    due: date
    cents: int
    currency: str = "EUR"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The agreement by hand that counts most: one that runs, else one that was asked for."""

    offer: str
    state: AgreementState
    starts: date | None = None
    ends: date | None = None
    free: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What a network gives, or offers to give."""

    network: str
    offer: str
    state: SponsorshipState
    ends: date | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """An entitlement that opens nothing any more."""

    offer: str
    source: Source
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a standing is made of, about one payer at one moment."""

    kind: Kind
    at: datetime
    sells: bool = True
    disputed: datetime | None = None
    """Since when the payer's bank is asked for a payment back."""
    subscribed: Subscribed | None = None
    ordered: Ordered | None = None
    owed: Owed | None = None
    agreed: Agreed | None = None
    places: Sequence[Place] = ()
    given: str = ""
    """An offer held for nothing, by the platform's hand, outside any agreement."""
    trial_until: datetime | None = None
    """The end of a trial held without any subscription."""
    trial_offer: str = ""
    ended: Ended | None = None
    """The newest offer that is over, where none is held."""
    used: int = 0
    allowed: int | None = None
    trial_used: bool = False

    @property
    def today(self) -> date:
        return day_of(self.at)
