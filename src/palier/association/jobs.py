"""What the worker does for networks: the messages of campaigns."""

from palier.association.flows import writing
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings


def jobs(settings: Settings) -> list[Job]:
    """The room's jobs."""

    async def messages() -> None:
        await writing.send_due(settings.public_url, settings.secret)

    async def remind(campaign_id: str, organisations: list[str]) -> None:
        await writing.send_by_hand(campaign_id, organisations, settings.public_url, settings.secret)

    return [
        Job("association.messages", messages),
        Job("association.messages_daily", messages, cron="20 6-16 * * *"),
        Job("association.remind", remind),
    ]
