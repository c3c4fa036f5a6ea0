"""What the worker does for billing."""

from palier.foundation.jobs import Job
from palier.foundation.settings import Settings


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room."""
    return []
