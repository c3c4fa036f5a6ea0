"""What the worker does for teams: remind people of what they still have to answer."""

from uuid import UUID

from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.team.flows import reminding


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room. Reminders leave once a day from seven in the morning where the reader lives, so every hour
    is somebody's."""

    async def remind() -> None:
        await reminding.send_due(settings.public_url, settings.secret)

    async def remind_one(organisation: str, reminder: str) -> None:
        await reminding.send_one(UUID(organisation), UUID(reminder), settings.public_url, settings.secret)

    return [
        Job("team.remind", remind, cron="15 * * * *"),
        Job("team.remind_one", remind_one, attempts=5),
    ]
