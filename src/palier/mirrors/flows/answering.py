"""What happens behind a mirror's link: whoever holds it sees the questions and answers them, and is never known.

Every query runs as the holder of the code, who may read the questions, give an answer, and read none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.foundation.clock import today
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint
from palier.mirrors import store
from palier.mirrors.rules.asked import Asked, asked_from
from palier.mirrors.store import Outcome
from palier.scoring.rules.mirror import Audience


class NoSuchLink(Exception):
    """Nothing is asked at this address: it never was, or its mirror is deleted. Nobody is told which."""


class NotNow(Exception):
    """The link takes no answers today. `opens_on` is set where it will."""

    def __init__(self, opens_on: date | None = None) -> None:
        super().__init__("not now")
        self.opens_on = opens_on


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody who holds the link reads."""

    organisation: str
    people_word: str
    audience: Audience
    asked: Asked
    closes_on: date


async def look(code: str) -> Sheet:
    """The questions behind a link. Raises NoSuchLink and NotNow."""
    key = fingerprint(code)
    async with reading(LinkHolder(key)):
        found = await store.held(key)
    if found is None:
        raise NoSuchLink
    link, mirror = found
    if not mirror.takes_answers(today()):
        raise NotNow(mirror.opens_on if mirror.closed_at is None and today() < mirror.opens_on else None)
    asked = asked_from(mirror.themes, mirror.scale)
    return Sheet(mirror.organisation_name, mirror.people_word, link.audience, asked, mirror.closes_on)


async def answer(code: str, op: UUID, points: Mapping[str, int]) -> None:
    """Give an answer: `points` (0, 25, 50, 75 or 100) by theme asked, at least one. Sent again, `op` counts once.

    Nothing of who answers enters the transaction. Raises NoSuchLink and NotNow.
    """
    async with transaction(LinkHolder(fingerprint(code))):
        outcome = await store.give(op, points, today())
    if outcome is Outcome.MISSING:
        raise NoSuchLink
    if outcome is Outcome.CLOSED:
        raise NotNow
