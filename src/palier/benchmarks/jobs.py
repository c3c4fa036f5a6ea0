"""What the worker does for benchmarks."""

from palier.benchmarks.flows.contributing import collect, collect_of_member, settle_consent
from palier.benchmarks.flows.correcting import publish_erratum
from palier.benchmarks.flows.publishing import publish_campaign
from palier.benchmarks.flows.sealing import seal_draft, set_draft_aside
from palier.benchmarks.flows.writing_out import write_out
from palier.foundation.jobs import Job


def jobs() -> list[Job]:
    """Take contributions as rounds are submitted; publish an edition when a network's staff asks for it."""
    return [
        Job("assessment.submitted", collect, attempts=5),
        Job("benchmarks.member_verified", collect_of_member, attempts=5),
        Job("benchmarks.consent_answered", settle_consent, attempts=5),
        Job("benchmarks.seal", seal_draft, attempts=5),
        Job("benchmarks.set_aside", set_draft_aside, attempts=5),
        Job("benchmarks.correct", publish_erratum, attempts=5),
        Job("benchmarks.write_out", write_out, attempts=5),
        Job("benchmarks.publish", publish_campaign, attempts=5),
    ]
