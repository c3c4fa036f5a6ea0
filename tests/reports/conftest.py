"""Two submitted rounds with a plan, documents waiting to be made, and a press that stays warm for the whole run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from palier.action_plans.flows import acting as plans_acting
from palier.action_plans.flows.planning import open_plan
from palier.action_plans.rules.life import ActionStatus, Facts, Kpi
from palier.assessments.store import Assessment
from palier.foundation import clock, files
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import enqueue, queue
from palier.foundation.settings import Settings
from palier.jobs import jobs
from palier.reports import jobs as report_jobs
from palier.reports.flows.asking import RENDER
from palier.reports.keys import content_key
from palier.reports.press import Press
from palier.reports.rules.documents import ResultsAndPlan
from palier.reports.rules.kinds import Document
from palier.reports.rules.record import to_plain
from palier.reports.store import Report
from tests.assessments.rounds import LEVELS_2025, LEVELS_2026, drafts, plant
from tests.reports.printers import blank

NOON = datetime(2026, 12, 20, 12, tzinfo=UTC)

Maker = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session")
async def press() -> AsyncIterator[Press]:
    press = Press(workers=1)
    yield press
    press.stop()


@pytest.fixture(scope="session")
async def blank_press() -> AsyncIterator[Press]:
    """Prints one empty page of everything: for those who look at what becomes of a file and not at its pages."""
    press = Press(workers=1, printer=blank)
    yield press
    press.stop()


@pytest.fixture
def shelf(settings: Settings) -> files.Shelf:
    return files.shelves(settings)


@pytest.fixture
def make(settings: Settings, stage: Any, press: Press) -> Maker:
    """Make every document that waits, on the warm press or on another."""

    async def make(on: Press = press) -> None:
        only_reading.set(False)  # a GET answered in this very context may have set it
        ours = report_jobs.jobs(settings, on)
        others = [job for job in jobs(settings) if job.name not in {one.name for one in ours}]
        app = queue(str(settings.database_url), [*others, *ours], by_the_clock=False)
        async with app.open_async():
            await app.run_worker_async(
                wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )

    return make


@pytest.fixture
async def rounds(claire: Actor) -> tuple[Assessment, Assessment]:
    """SX answered and submitted in 2025 and in 2026."""
    return await plant(claire, "2025", drafts(LEVELS_2025)), await plant(claire, "2026", drafts(LEVELS_2026))


@pytest.fixture
async def plan(claire: Actor, rounds: tuple[Assessment, Assessment]) -> str:
    """A plan on the round of 2026: one action under way with an indicator, one planned without a date."""
    clock.freeze(NOON)
    slug = await open_plan(claire, rounds[1].slug, "Plan 2027", 2027, new_id())
    kpi = Kpi("Délai moyen de réponse", "jours", "down", Decimal(12), Decimal("4.5"))
    first = Facts(
        "Répondre en cinq jours", "Douze jours en moyenne", {"SX3.2.1": 4}, claire.person_id, "Direction",
        date(2026, 12, 1), date(2027, 3, 1), ActionStatus.IN_PROGRESS, 40, 2, kpi,
    )  # fmt: skip
    row = await plans_acting.add(claire, slug, first, new_id())
    await plans_acting.add(claire, slug, Facts("Écouter les voyageurs", serves={"SX3.1.1": 5}), new_id())
    assert row.progress == 40
    return slug


async def plant_report(actor: Actor, document: Document, locale: str = "fr") -> UUID:
    """A document asked for with any content, waiting to be made."""
    report = new_id()
    async with transaction(actor):
        await Report.create(
            id=report, organisation_id=actor.organisation_id, locale=locale, title="Un document",
            kind="results" if isinstance(document, ResultsAndPlan) else "plan", content=to_plain(document),
            content_key=content_key(document, locale), created_by=actor.person_id, created_name=actor.person.name,
        )  # fmt: skip
        await enqueue(RENDER, organisation=actor.organisation_id, report=report)
    return report
