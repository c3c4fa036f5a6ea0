"""How often somebody may ask a page that is open to everybody: counted in the memory of the process that answers.

A page that is only read cannot count in the database. Each web process keeps its own count, so the real limit is this
one times their number: enough against whoever tries codes by the thousand, while nobody who types one notices it.
"""

import time
from collections import deque
from collections.abc import Callable

MOST_KNOWN = 20_000
"""Who is remembered at once; the one seen longest ago is forgotten first."""


class TooOften(Exception):
    """`seconds` until it is worth coming back."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too often")
        self.seconds = seconds


class Turns:
    """At most `most` turns in `seconds` for anybody."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}

    def take(self, who: str) -> None:
        """Count one turn for `who`. Raises TooOften."""
        moment = self._clock()
        taken = self._taken.pop(who, deque())
        self._taken[who] = taken  # last again: the order is that of the last visit
        while taken and taken[0] <= moment - self._seconds:
            taken.popleft()
        if len(taken) >= self._most:
            raise TooOften(max(1, int(taken[0] + self._seconds - moment)))
        taken.append(moment)
        if len(self._taken) > MOST_KNOWN:
            del self._taken[next(iter(self._taken))]
