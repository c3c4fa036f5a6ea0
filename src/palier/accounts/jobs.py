"""What the worker does for accounts."""

from datetime import timedelta

from palier.accounts import store
from palier.accounts.flows import linking, recovering, signing_up
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings

_KEEP = timedelta(days=7)


def jobs(settings: Settings) -> list[Job]:
    """Links by mail, and forgetting what is over."""

    async def send_confirmation(email: str) -> None:
        await signing_up.send_confirmation(email, settings.public_url)

    async def send_reset(email: str) -> None:
        await recovering.send_reset(email, settings.public_url)

    async def send_sign_in(email: str, asker: str) -> None:
        await linking.send(email, asker, settings.public_url)

    return [
        Job("accounts.send_confirmation", send_confirmation),
        Job("accounts.send_reset", send_reset),
        Job("accounts.send_sign_in", send_sign_in),
        Job("accounts.forget", forget, cron="17 3 * * *"),
    ]


async def forget() -> None:
    """Delete tries, links and sessions that ended a week ago."""
    async with transaction(None):
        await store.forget_what_is_over(now() - _KEEP)
