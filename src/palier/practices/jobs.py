"""What the worker does for practices: tell the staff what waits, and count adoptions once a month has passed."""

from uuid import UUID

from palier.foundation.actor import OnDuty
from palier.foundation.clock import today
from palier.foundation.database import transaction
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.practices import mails, store
from palier.practices.rules.adopters import told
from palier.practices.store import PracticeVersion, SharedPractice, VersionState


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room."""

    async def proposed(network: str, practice: str, number: int) -> None:
        async with transaction(OnDuty(network_id=UUID(network))):
            rows = PracticeVersion.filter(
                practice_id=UUID(practice), number=number, state=VersionState.PROPOSED
            )
            version = await rows.select_related("practice__organisation").first()
            if version:  # else it was taken back meanwhile
                await mails.proposed(version, version.practice.organisation.name, settings.public_url)

    return [
        Job("practices.proposed", proposed, attempts=5),
        Job("practices.count_adopters", count_adopters, cron="20 3 * * *"),
    ]


async def count_adopters(**_: object) -> None:
    """Tell how many had adopted each practice when the month began; the same figure all month long."""
    async with transaction(None):
        for row in await store.groups_behind(today().replace(day=1)):
            figure = told(row["groups"] or [], row["k"])
            if figure != row["adopters"]:
                await SharedPractice.filter(id=row["practice"]).update(adopters=figure)
