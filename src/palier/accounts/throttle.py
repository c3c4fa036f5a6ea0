"""Guessing slowed down: tries are counted in the database, so that every web process sees the same count."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from palier.accounts import store
from palier.accounts.rules import ATTEMPTS, WINDOW
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time, transaction
from palier.foundation.identifiers import fingerprint, new_id


class TooManyAttempts(Exception):
    """Whoever it is has used their tries. `seconds` until it is worth coming back."""

    def __init__(self, within: timedelta = WINDOW) -> None:
        super().__init__("too many attempts")
        self.seconds = int(within.total_seconds())


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many tries `who` ("account …", "address …") has in a sliding window."""

    who: str
    tries: int = ATTEMPTS
    within: timedelta = WINDOW


async def take_turn(*who: str | Allowance) -> list[UUID]:
    """Count one try for each of `who`, before knowing how it ends; the tries' ids.

    Raises TooManyAttempts. Runs in a transaction of its own: the count must outlive a refusal.
    """
    allowed = {fingerprint(one.who): one for one in (Allowance(o) if isinstance(o, str) else o for o in who)}
    async with transaction(None):
        for key, one in sorted(allowed.items()):  # one after the other: forty tries at once are forty tries
            await one_at_a_time(key)
            if await store.attempts_since(key, now() - one.within) >= one.tries:
                raise TooManyAttempts(one.within)
        return [
            (await store.SignInAttempt.create(id=new_id(), key=key, at=now())).id for key in sorted(allowed)
        ]


async def give_back(turns: list[UUID]) -> None:
    """The try succeeded: it does not count. In the caller's transaction."""
    await store.SignInAttempt.filter(id__in=turns).delete()
