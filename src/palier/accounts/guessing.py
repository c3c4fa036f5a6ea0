"""Passwords somebody would guess early: common ones, keyboard walks, one's own name (zxcvbn's estimate)."""

import asyncio
from typing import TYPE_CHECKING

from palier.foundation.later import Later

if TYPE_CHECKING:
    import zxcvbn
else:
    zxcvbn = Later("zxcvbn")  # twelve megabytes of words

_ENOUGH = 3
"""Of 4: at least 10⁸ guesses, which a throttled sign-in page and Argon2 make hopeless."""

_LOOKED_AT = 40
"""Characters the estimate looks at; its work grows with the square of the length."""


async def is_guessable(password: str, *about: str) -> bool:
    """Whether `password` would fall early; `about` are words an attacker knows (name, address)."""
    return await asyncio.to_thread(_is_guessable, password, about)


def _is_guessable(password: str, about: tuple[str, ...]) -> bool:
    words = [word for text in about for word in text.replace("@", " ").replace(".", " ").split()]
    return int(zxcvbn.zxcvbn(password[:_LOOKED_AT], [*about, *words, "palier"])["score"]) < _ENOUGH
