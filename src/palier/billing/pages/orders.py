"""What a form or an address asks for: which offer, how often paid, how many; and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.exceptions import NotFoundException

from palier.billing.pages.desk import Desk
from palier.billing.rules.orders import Order
from palier.entitlements.rules.offers import Interval, Offer
from palier.foundation.language import gettext as _
from palier.foundation.language import number

MOST = 5_000
"""More than this is agreed, not ordered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as it stands on a page: always one that can be bought, with what is wrong with what was typed."""

    offer: Offer
    interval: Interval
    quantity: int
    typed: str
    trial: bool = False
    error: str = ""

    @property
    def order(self) -> Order:
        """What is handed on."""
        return Order(self.offer.key, self.interval, self.quantity, trial=self.trial)

    @property
    def base(self) -> int:
        """Cents for what is included."""
        return self.offer.prices[self.interval].base

    @property
    def further(self) -> int:
        """How many beyond what is included."""
        return max(0, self.quantity - self.offer.included)

    @property
    def each(self) -> int:
        """Cents for each further one."""
        return self.offer.prices[self.interval].further

    @property
    def total(self) -> int:
        """Cents without VAT, each interval."""
        return self.offer.prices[self.interval].of(self.quantity)

    @property
    def query(self) -> str:
        """The order in an address."""
        trial = "&trial=yes" if self.trial else ""
        return f"offer={self.offer.key}&interval={self.interval}&quantity={self.quantity}{trial}"


def wanted_in(raw: Mapping[str, str], desk: Desk, usual: Wanted | None = None) -> Wanted:
    """What is asked for; `usual` fills in what is not said. An offer that is not sold to this payer does not exist."""
    offer = _offer(raw.get("offer", usual.offer.key if usual else ""), desk)
    interval = _interval(raw.get("interval", usual.interval if usual else Interval.YEAR))
    typed = raw.get("quantity", str(usual.quantity if usual else offer.included))
    quantity, error = _quantity(typed, offer)
    return Wanted(offer, interval, quantity, typed if error else str(quantity), raw.get("trial") == "yes", error)  # fmt: skip


def _offer(key: str, desk: Desk) -> Offer:
    """Raises NotFoundException."""
    for offer in desk.offers.sold_to(desk.payer.kind):
        if offer.key == key:
            return offer
    raise NotFoundException


def _interval(text: str) -> Interval:
    return Interval.MONTH if text == Interval.MONTH else Interval.YEAR


def _quantity(typed: str, offer: Offer) -> tuple[int, str]:
    """How many, never fewer than what is included, for those cost the same; and what is wrong with the number."""
    digits = "".join(typed.split())
    if not digits.isascii() or not digits.isdigit():
        return offer.included, _("Write a number, such as %(number)s") % {"number": offer.included}
    if int(digits[:9]) > MOST:
        return offer.included, _("More than %(most)s is agreed with us: write to us") % {"most": number(MOST)}
    return max(int(digits), offer.included), ""
