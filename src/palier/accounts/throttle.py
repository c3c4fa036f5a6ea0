"""Guessing slowed down: tries are counted in the database, so that every web process sees the same count."""

from uuid import UUID

from palier.accounts import store
from palier.accounts.rules import ATTEMPTS, WINDOW
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time, transaction
from palier.foundation.identifiers import fingerprint, new_id


class TooManyAttempts(Exception):
    """This account or this address has used its tries. `seconds` until it is worth coming back."""

    def __init__(self) -> None:
        super().__init__("too many attempts")
        self.seconds = int(WINDOW.total_seconds())


async def take_turn(*who: str) -> list[UUID]:
    """Count one try for each of `who` ("account …", "address …"), before knowing how it ends; the tries' ids.

    Raises TooManyAttempts. Runs in a transaction of its own: the count must outlive a refusal.
    """
    keys = sorted(fingerprint(name) for name in who)
    async with transaction(None):
        for key in keys:  # one after the other: forty tries at once are forty tries
            await one_at_a_time(key)
            if await store.attempts_since(key, now() - WINDOW) >= ATTEMPTS:
                raise TooManyAttempts
        return [(await store.SignInAttempt.create(id=new_id(), key=key, at=now())).id for key in keys]


async def give_back(turns: list[UUID]) -> None:
    """The try succeeded: it does not count. In the caller's transaction."""
    await store.SignInAttempt.filter(id__in=turns).delete()
