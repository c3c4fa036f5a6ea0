"""What signing in asks of whoever knows where else people sign in (docs/decisions/0005)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Everybody with an address of this domain signs in at `provider`, the one of the organisation whose address is
    `house`; but `spared` may use their password. Nobody is told who they are."""

    provider: str
    organisation: str
    house: str
    spared: frozenset[str] = frozenset()


ClosedFor = Callable[[str], Awaitable[Elsewhere | None]]
"""Where the people of a mail address sign in, when that is their only way; None where our own ways are open."""


class SignInElsewhere(Exception):
    """Password and mailed link are closed for this address."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        super().__init__(elsewhere.provider)
        self.elsewhere = elsewhere
