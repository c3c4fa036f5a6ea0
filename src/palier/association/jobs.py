"""What the worker does for networks: the messages of campaigns, the bulletins of editions."""

import asyncio
from uuid import UUID

from palier.association.flows import bulletins, leaving, writing
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.reports.press import Press


def jobs(settings: Settings, press: Press | None = None) -> list[Job]:
    """The room's jobs. The press of bulletins starts with the first one and stays warm until the worker stops."""
    press = press or Press(workers=1)

    async def messages() -> None:
        await writing.send_due(settings.public_url, settings.secret)

    async def remind(campaign_id: str, organisations: list[str]) -> None:
        await writing.send_by_hand(campaign_id, organisations, settings.public_url, settings.secret)

    async def bulletin(bulletin: str) -> None:
        await bulletins.make_bulletin(UUID(bulletin), press, settings.public_url)

    async def left(network: str, organisation: str, verified: bool) -> None:
        await leaving.tell_staff(network, organisation, settings.public_url, verified=verified)

    async def close() -> None:
        await asyncio.to_thread(press.stop)

    return [
        Job("association.messages", messages),
        Job("association.messages_daily", messages, cron="20 6-16 * * *"),
        Job("association.remind", remind),
        Job(leaving.TOLD, left, attempts=5),
        Job(bulletins.MAKE, bulletin, close=close),
    ]
