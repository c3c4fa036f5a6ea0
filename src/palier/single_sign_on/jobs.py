"""The worker's look at what domains still prove."""

from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.single_sign_on.flows import owning


def jobs(settings: Settings) -> list[Job]:
    """Once a day, early: proofs are renewed, announced or ended."""

    async def look() -> None:
        await owning.look_at_all(settings)

    return [Job("single_sign_on.look_at_domains", look, cron="20 4 * * *")]
