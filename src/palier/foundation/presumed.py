"""Somebody who came in a moment ago and is taken for the same, until the database says so in the transaction that writes.

Whoever saves an answer has opened its page just before: asking anew who comes in took a round trip as long as the save's own.
So the save asks both at once, and is not done where the answer has changed. Until then nobody has been let in: nothing else of
the database opens, and nothing is sent (`palier.network.presuming`, ADR 0034).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class Unproved(Exception):
    """Who is presumed is somebody else by now, or asked for something else than the one act that proves them."""


@dataclass(slots=True, eq=False)
class Presumed:
    """What `entering` in SQL was asked, and the mark of what it answered then. `proved`: the same in the transaction of now."""

    fingerprint: str
    slug: str
    sold: bool
    mark: str
    proved: bool = False


_presumed: ContextVar[Presumed | None] = ContextVar("who is presumed", default=None)


@contextmanager
def presuming(who: Presumed) -> Iterator[None]:
    """What runs inside runs for `who`."""
    token = _presumed.set(who)
    try:
        yield
    finally:
        _presumed.reset(token)


def check_proved() -> None:
    """Raises Unproved while somebody is only presumed."""
    who = _presumed.get()
    if who is not None and not who.proved:
        raise Unproved


def claim() -> tuple[str, str, bool, str] | tuple[None, None, None, None]:
    """What a procedure is given first, to look whether it still is so; nothing where it was asked by the book."""
    who = _presumed.get()
    if who is None or who.proved:
        return None, None, None, None
    return who.fingerprint, who.slug, who.sold, who.mark


def prove() -> None:
    """It still was so, in a transaction that is committed."""
    if (who := _presumed.get()) is not None:
        who.proved = True
