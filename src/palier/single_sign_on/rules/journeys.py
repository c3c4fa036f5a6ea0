"""The way to a provider and back: which secrets there are, and what each may be seen by."""

import hashlib
import hmac

_SHOWN = 8
"""Letters of the state in the cookie's name, so that two tabs do not take each other's place."""


def state_of(secret: str) -> str:
    """The `state` that goes through the provider (64 characters): nobody gets from it to the cookie's secret."""
    return hashlib.sha256(f"state {secret}".encode()).hexdigest()


def is_state_of(secret: str, state: str) -> bool:
    """Whether this state belongs to this cookie."""
    return hmac.compare_digest(state_of(secret).encode(), state.encode())


def cookie_name(state: str, *, secure: bool) -> str:
    """The cookie of a journey. On https no neighbouring site can set it."""
    shown = "".join(letter for letter in state[:_SHOWN] if letter.isalnum() and letter.isascii())
    return f"__Host-sso-{shown}" if secure else f"sso-{shown}"
