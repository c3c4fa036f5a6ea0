"""What was finished between two rounds, asked of whoever keeps the plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class FinishedWork(Protocol):
    """Asks for the criteria that actions finished since a moment serve."""

    async def __call__(self, actor: Any, since: datetime) -> frozenset[str]:
        """`actor` is whose organisation is meant. Call inside `reading(actor)`."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A piece of work that was finished. `aims`: the level it meant to reach, by criterion code; it proves no cause."""

    key: str
    title: str
    address: str
    done_at: datetime
    aims: Mapping[str, int]


@runtime_checkable
class Deeds(Protocol):
    """Asks for the work finished after one moment and until another, the first finished first."""

    async def __call__(self, actor: Any, after: datetime, until: datetime) -> tuple[Deed, ...]:
        """`actor` is whose organisation is meant. Call inside `reading(actor)`."""
