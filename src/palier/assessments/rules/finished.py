"""What was finished between two rounds, asked of whoever keeps the plans."""

from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class FinishedWork(Protocol):
    """Asks for the criteria that actions finished since a moment serve."""

    async def __call__(self, actor: Any, since: datetime) -> frozenset[str]:
        """`actor` is whose organisation is meant. Call inside `reading(actor)`."""
