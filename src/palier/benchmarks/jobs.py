"""What the worker does for benchmarks."""

from palier.benchmarks.flows.contributing import collect, collect_of_member
from palier.benchmarks.flows.publishing import publish_campaign
from palier.foundation.jobs import Job


def jobs() -> list[Job]:
    """Take contributions as rounds are submitted; publish an edition when a network's staff asks for it."""
    return [
        Job("assessment.submitted", collect, attempts=5),
        Job("benchmarks.member_verified", collect_of_member, attempts=5),
        Job("benchmarks.publish", publish_campaign, attempts=5),
    ]
