"""What the worker does for mandates: recall their end, let unanswered proposals lapse."""

from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.network.flows import recalling


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room. Letters leave from seven in the morning where the reader lives, so every hour is somebody's."""

    async def recall() -> None:
        await recalling.recall_due(settings.public_url)

    return [
        Job("network.recall_mandates", recall, cron="25 * * * *"),
        Job("network.let_hand_overs_lapse", recalling.let_lapse, cron="35 2 * * *"),
    ]
