"""What the worker does for reports."""

import asyncio
from uuid import UUID

from palier.foundation import files
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.reports.flows import marking
from palier.reports.flows.asking import RENDER
from palier.reports.flows.making import make_report
from palier.reports.flows.sharing import MARK
from palier.reports.press import Press


def jobs(settings: Settings, press: Press | None = None) -> list[Job]:
    """Making documents. The press starts with the first one and stays warm until the worker stops."""
    press = press or Press()

    async def render(organisation: str, report: str) -> None:
        shelf = files.shelves(settings)
        await make_report(UUID(organisation), UUID(report), press, shelf, settings.public_url)

    async def mark(organisation: str, link: str) -> None:
        shelf = files.shelves(settings)
        await marking.mark_copy(UUID(organisation), UUID(link), press, shelf)

    async def close() -> None:
        await asyncio.to_thread(press.stop)

    # More tries than a document has: it is the document's own count that decides when to give up.
    return [
        Job(RENDER, render, attempts=10, close=close),
        Job(MARK, mark, attempts=10),
        Job("reports.put_away_old_links", marking.put_away_old_links, cron="25 2 * * *"),
    ]
