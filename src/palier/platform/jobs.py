"""What the worker does for the staff: visits end, lost second factors go."""

from uuid import UUID

from palier.foundation.jobs import Job
from palier.platform.flows.acting import forget_failures, remove_factors
from palier.platform.flows.visiting import end_by_itself


def jobs() -> list[Job]:
    """The room's jobs."""

    async def end_visit(organisation_id: str, visit: str) -> None:
        await end_by_itself(UUID(organisation_id), UUID(visit))

    return [
        Job("platform.end_visit", end_visit),
        Job("platform.remove_factors", remove_factors),
        Job("platform.forget_failures", forget_failures, cron="23 3 * * *"),
    ]
