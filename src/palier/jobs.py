"""What the worker does, of every room: with `app` and `cli`, the only module that knows them all. It knows no page."""

from palier.accounts import jobs as account_jobs
from palier.action_plans import jobs as plan_jobs
from palier.association import jobs as cockpit_jobs
from palier.benchmarks import jobs as benchmark_jobs
from palier.billing import jobs as billing_jobs
from palier.billing.stripe import Stripe
from palier.conversations import jobs as conversation_jobs
from palier.demo import jobs as demo_jobs
from palier.foundation import files, mail
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.network import jobs as network_jobs
from palier.platform import jobs as platform_jobs
from palier.practices import jobs as practice_jobs
from palier.privacy import jobs as privacy_jobs
from palier.reports import jobs as report_jobs
from palier.single_sign_on import jobs as sign_on_jobs
from palier.team import jobs as team_jobs
from palier.upkeep import jobs as upkeep_jobs


def jobs(settings: Settings, *, till: Stripe | None = None) -> list[Job]:
    """The jobs of every room. `till` sells; by default the one the settings name, if any."""
    return [
        mail.delivery(settings), files.sweeping(settings), *account_jobs.jobs(settings),
        *benchmark_jobs.jobs(), *report_jobs.jobs(settings), *practice_jobs.jobs(settings), *plan_jobs.jobs(settings),
        *team_jobs.jobs(settings), *sign_on_jobs.jobs(settings), *network_jobs.jobs(settings),
        *conversation_jobs.jobs(settings), *demo_jobs.jobs(settings), *platform_jobs.jobs(),
        *billing_jobs.jobs(settings, till), *cockpit_jobs.jobs(settings), *privacy_jobs.jobs(settings),
        *upkeep_jobs.jobs(settings),
    ]  # fmt: skip
