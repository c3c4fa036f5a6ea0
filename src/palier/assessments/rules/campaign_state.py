"""Whether what was given to a campaign may still move, asked of whoever publishes its benchmark."""

from typing import Protocol, runtime_checkable
from uuid import UUID


@runtime_checkable
class Sealed(Protocol):
    """Asks whether a campaign is sealed."""

    async def __call__(self, campaign_id: UUID) -> bool:
        """True from the moment its batches are made. Call inside `reading(actor)` or `transaction(actor)`."""
