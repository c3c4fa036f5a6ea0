"""Places a network gives to its members: how many there are, what may become of one, and when one ends."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from palier.billing.rules.states import SponsorshipState
from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.rules.resolving import Held, rights_from
from palier.foundation.rights import Limit

_ZONE = ZoneInfo("Europe/Paris")


class Act(StrEnum):
    """What somebody does with a place."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    END = "end"


class Why(StrEnum):
    """Why a place ended or will."""

    LEFT = "left"
    """The member gave it back."""
    NETWORK = "network"
    """The network took it back."""
    SPONSOR = "sponsor"
    """The network's own offer ended."""
    NO_MEMBER = "no_member"
    """The organisation is no longer in the network."""
    ERASED = "erased"


class When(StrEnum):
    """When a network has a place end."""

    MONTH = "month"
    NOW = "now"


class Letter(StrEnum):
    """What is written about a place, each once."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"
    ENDS = "ends"
    """It will end on a day."""
    KEPT = "kept"
    """It will not, after all."""
    SOON = "soon"
    ENDED = "ended"


class NotNow(Exception):
    """A place in this state cannot be answered or ended so: somebody else was quicker, or it is over."""

    def __init__(self, state: SponsorshipState) -> None:
        super().__init__(state)
        self.state = state


_LEGAL = {
    (SponsorshipState.INVITED, Act.ACCEPT): SponsorshipState.ACTIVE,
    (SponsorshipState.INVITED, Act.DECLINE): SponsorshipState.DECLINED,
    (SponsorshipState.INVITED, Act.WITHDRAW): SponsorshipState.WITHDRAWN,
    (SponsorshipState.ACTIVE, Act.END): SponsorshipState.ENDED,
}

OPEN = (SponsorshipState.INVITED, SponsorshipState.ACTIVE)
"""The states in which a place is taken. The others are for ever; a new offer is another row."""


def after(state: SponsorshipState, act: Act) -> SponsorshipState:
    """The state after an act. Raises NotNow."""
    if (found := _LEGAL.get((state, act))) is None:
        raise NotNow(state)
    return found


@dataclass(frozen=True, slots=True)
class Sponsor:
    """What a network may give at a moment: how many places, and the offer that goes with one ("" with none)."""

    places: int = 0
    gives: str = ""


def sponsor_from(held: Sequence[Held], offers: Offers, at: datetime) -> Sponsor:
    """What a network that holds `held` may give. Nothing, where none of it gives an offer that still exists."""
    living = [offers.every[one.offer] for one in held if one.offer in offers.every and one.holds(at)]
    giving = [offer for offer in living if offer.kind is Kind.NETWORK and offer.gives in offers.every]
    if not giving:
        return Sponsor()
    places = rights_from(held, Kind.NETWORK, offers, at).limit(Limit.PLACES)
    return Sponsor(places or 0, max(giving, key=lambda offer: offer.rank).gives)


@dataclass(frozen=True, slots=True)
class Count:
    """How many places a network holds, and how many are taken: offered and not answered, or accepted."""

    held: int
    invited: int
    active: int

    @property
    def used(self) -> int:
        """Offered ones count: whoever accepts must find a place."""
        return self.invited + self.active

    @property
    def free(self) -> int:
        return max(0, self.held - self.used)

    @property
    def over(self) -> int:
        """How many more are taken than held. They stay; nothing is added until the network has chosen."""
        return max(0, self.used - self.held)

    @property
    def may_accept(self) -> bool:
        """Whether one of the offered ones may be accepted: a network that lowered its number stands by what it holds."""
        return self.active < self.held


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the clock sees it. `member`: still in the network; `exists`: the organisation was not erased."""

    state: SponsorshipState
    ends_on: date | None = None
    why: str = ""
    member: bool = True
    exists: bool = True


class Step(StrEnum):
    """What the clock does with a place."""

    NOTHING = ""
    WITHDRAW = "withdraw"
    """An offer nobody can accept any more."""
    END = "end"
    """Its day is over."""
    END_WITH_GRACE = "end with grace"
    TELL = "tell"
    """Its last day is set, and told."""
    KEEP = "keep"
    """The network pays again before the day came."""


def step(place: Place, sponsor: Sponsor, today: date, grace_days: int) -> Step:
    """What is due for a place today. The same again after it was done: nothing."""
    invited, active = place.state is SponsorshipState.INVITED, place.state is SponsorshipState.ACTIVE
    if invited:
        gone = not (place.exists and place.member and sponsor.places)
        return Step.WITHDRAW if gone else Step.NOTHING
    if not active:
        return Step.NOTHING
    if not place.exists or (place.ends_on and place.ends_on < today):
        return Step.END
    if not place.member:
        return Step.END_WITH_GRACE
    if not sponsor.places:
        last = today + timedelta(days=grace_days)
        told = place.why == Why.SPONSOR or (place.ends_on is not None and place.ends_on <= last)
        return Step.NOTHING if told else Step.TELL
    return Step.KEEP if place.ends_on and place.why == Why.SPONSOR else Step.NOTHING


def last_day(when: When, today: date) -> date:
    """The last day of a place that ends now or with the month."""
    return today if when is When.NOW else today.replace(day=monthrange(today.year, today.month)[1])


def end_of(day: date) -> datetime:
    """The moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), _ZONE)
