"""Seats: how many people the offer of an organisation counts, and how many are there.

Members and invitations that can still be accepted take one each; consultants and visitors take none. An invitation keeps
its seat until it is accepted, withdrawn or too old, so that whoever holds one can always join. Where there are more people
than seats, nobody is removed: no new invitation goes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time
from palier.foundation.rights import Limit
from palier.network import store


class NoSeat(Exception):
    """More people are invited than there are seats left. Nobody was invited."""

    def __init__(self, seats: "Seats") -> None:
        super().__init__(seats)
        self.seats = seats


@dataclass(frozen=True, slots=True)
class Seats:
    """How many are taken, of how many."""

    taken: int
    most: int

    @property
    def left(self) -> int:
        """How many people can still be invited."""
        return max(0, self.most - self.taken)

    @property
    def over(self) -> int:
        """How many more people there are than seats."""
        return max(0, self.taken - self.most)


async def seats_of(actor: Actor) -> Seats | None:
    """The seats of the organisation; None where nobody counts. Inside a transaction or `reading`."""
    most = actor.rights.limit(Limit.SEATS)
    if most is None:
        return None
    members = await store.Membership.filter(organisation_id=actor.organisation_id).count()
    waiting = await store.open_invitations(actor).filter(expires_at__gt=now()).count()
    return Seats(members + waiting, most)


async def take_seats(actor: Actor, emails: Sequence[str]) -> None:
    """Before invitations are written: whether there is a seat for each new address; who waits already has one.

    Two who invite at once are looked at one after the other. Raises NoSeat.
    """
    if actor.rights.limit(Limit.SEATS) is None:
        return
    await one_at_a_time(f"seats {actor.organisation_id}")
    seats = await seats_of(actor)
    waiting = store.open_invitations(actor).filter(expires_at__gt=now(), email__in=list(emails))
    new = set(emails) - {row.email for row in await waiting}
    if seats and new and len(new) > seats.left:
        raise NoSeat(seats)
