"""What the worker does for demonstrations."""

from palier.demo.sandboxes import erase_expired
from palier.foundation import files
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings


def jobs(settings: Settings) -> list[Job]:
    """Erasing the copies whose time is over, every hour."""

    async def erase() -> None:
        await erase_expired(files.shelves(settings))

    return [Job("demo.erase_expired", erase, cron="7 * * * *")]
