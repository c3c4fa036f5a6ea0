"""What the worker does for plans: remind people of their actions, and follow a round that was submitted again."""

from palier.action_plans.flows import reminding
from palier.action_plans.flows.following import follow
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room. Reminders leave at seven in the morning where the reader lives, so every hour is one's hour."""

    async def remind() -> None:
        await reminding.send_due(settings.public_url, settings.secret)

    return [
        Job("action_plans.remind", remind, cron="5 * * * *"),
        Job("assessment.superseded", follow, attempts=5),
    ]
