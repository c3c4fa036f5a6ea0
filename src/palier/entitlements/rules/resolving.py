"""What several entitlements come to: nobody is worse off for holding two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from palier.entitlements.rules.offers import Kind, Offer, Offers, Source
from palier.foundation.rights import Limit, Rights, Standing


@dataclass(frozen=True, slots=True)
class Held:
    """One entitlement: an offer from `valid_from` to `valid_to` (None: no end is known), and through the grace after it.

    `quantity` None: what the offer includes.
    """

    offer: str
    source: Source
    quantity: int | None
    valid_from: datetime
    valid_to: datetime | None = None
    grace_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.valid_from <= at and (self.last is None or at < self.last)

    @property
    def last(self) -> datetime | None:
        """The moment from which it opens nothing; None: not known."""
        return self.valid_to and (self.grace_until or self.valid_to)

    def standing(self, at: datetime) -> Standing:
        """How it is held at a moment at which it holds."""
        if self.valid_to is None:
            return Standing.TRIAL if self.source is Source.TRIAL else Standing.FULL
        if at >= self.valid_to:
            return Standing.GRACE
        return Standing.TRIAL if self.source is Source.TRIAL else Standing.ENDING


_BEST_FIRST = (Standing.FULL, Standing.ENDING, Standing.TRIAL, Standing.GRACE)


def rights_from(held: Sequence[Held], kind: Kind, offers: Offers, at: datetime) -> Rights:
    """What somebody of `kind` may do who holds `held`: features of all together, of every limit the highest.

    The offer named is the last in the order of the file, and among equals the one held longest. An offer that the file
    no longer has opens what the free one opens.
    """
    free = offers.free_for(kind)
    living = [(offers.every[one.offer], one) for one in held if one.offer in offers.every and one.holds(at)]
    living = [(offer, one) for offer, one in living if offer.kind is kind]
    if not living:
        return Rights(
            free.key, Standing.FREE, free.features, free.questionnaires, {free.counted: free.included}
        )
    offer, principal = max(living, key=lambda pair: (pair[0].rank, -_BEST_FIRST.index(pair[1].standing(at))))
    together = [free, *(each for each, _ in living)]
    return Rights(
        offer.key, principal.standing(at), frozenset().union(*(each.features for each in together)),
        _questionnaires(together), _limits(free, living), principal.source, principal.last,
    )  # fmt: skip


def _questionnaires(offers: Sequence[Offer]) -> frozenset[str] | None:
    opened = [offer.questionnaires for offer in offers]
    return None if None in opened else frozenset().union(*(each for each in opened if each is not None))


def _limits(free: Offer, living: Sequence[tuple[Offer, Held]]) -> dict[Limit, int]:
    counts = [offer.included if one.quantity is None else one.quantity for offer, one in living]
    return {free.counted: max(free.included, *counts)}
