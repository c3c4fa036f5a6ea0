"""Passwords as Argon2id hashes (19 MiB, two passes: OWASP), computed in a thread, a few at a time."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from palier.accounts.rules import normalised_password

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turns = asyncio.Semaphore(2)
"""Two at once: a burst of sign-ins waits instead of taking all memory and both cores."""


async def hashed(password: str) -> str:
    """The hash to store for `password`."""
    async with _turns:
        return await asyncio.to_thread(_hasher.hash, normalised_password(password))


async def matches(stored: str, password: str) -> bool:
    """Whether `password` is the one behind `stored`. An empty `stored` costs the same work and never matches."""
    async with _turns:
        return await asyncio.to_thread(_verify, stored, normalised_password(password))


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobodys(), password) and bool(stored)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
