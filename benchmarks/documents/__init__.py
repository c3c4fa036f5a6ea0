"""What documents cost: `python -m benchmarks.documents` prints it as JSON.

CPU seconds are of a process of its own, as the worker's press has: the first document pays for the engine and the fonts.
Memory, the first render of a warm press and what a second worker brings are of the press itself. What is run is
`__main__` of this folder, as it is of `palier`: a fork server loads any other program again into each of its processes.
"""

import asyncio
import json
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from pkgutil import resolve_name

import psutil

from palier.accounts.store import Person as PersonRow
from palier.action_plans.store import ActionPlan
from palier.benchmarks.flows.comparing import peers
from palier.foundation import files
from palier.foundation.actor import Actor, OnDuty, Organisation, Person
from palier.foundation.database import WORKER, connect, disconnect, reading
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings, read_settings
from palier.network.store import Organisation as OrganisationRow
from palier.reports.flows.building import draw_up
from palier.reports.press import Press, print_document
from palier.reports.rules.documents import ActionPlanDocument, ResultsAndPlan
from palier.reports.rules.kinds import Document
from palier.reports.rules.slides import slides_of
from palier.reports.rules.wishes import Kind, Wish

EMAIL, SLUG = "claire.lambert@palier.example", "transports-du-val"
WARM = 3
FULL_ACTIONS, PLAN_ACTIONS = 24, 100
"""Actions of the full report, so many that it runs to some twenty pages; of the plan alone."""

PATIENCE = 300.0
"""Seconds a document may take here: a busy machine makes figures worse, it must not make the run fail."""

TOGETHER = 6
"""Documents handed to the press at once."""


async def the_document(settings: Settings) -> ResultsAndPlan:
    """Last year's results with the plan drawn from them."""
    await connect(settings.database_url or "", WORKER)
    try:
        actor = await _director()
        async with reading(actor):
            plans = ActionPlan.filter(organisation_id=actor.organisation_id).select_related("assessment")
            plan = await plans.order_by("-assessment__submitted_at", "id").first()
            if plan is None:
                raise SystemExit("the demo's director has no plan")
            wish = Wish(Kind.RESULTS, "fr", plan.assessment.slug, plan.slug)
            drawn = await draw_up(actor, wish, peers, files.shelves(settings))
            return _as_results(drawn.document)
    finally:
        await disconnect()


async def _director() -> Actor:
    async with reading(OnDuty()):
        person, row = await PersonRow.get(email=EMAIL), await OrganisationRow.get(slug=SLUG)
    return Actor(
        Person(person.id, person.name, person.email), Organisation(row.id, row.slug, row.name), Role.OWNER
    )


def _as_results(document: Document) -> ResultsAndPlan:
    if not isinstance(document, ResultsAndPlan):
        raise SystemExit("results were asked for and something else was drawn up")
    return document


def with_actions(document: ResultsAndPlan, count: int) -> ResultsAndPlan:
    """`document` with its plan's actions over and over, until there are `count`."""
    if document.plan is None:
        raise SystemExit("the report has no plan")
    known = document.plan.actions
    several = tuple(replace(known[n % len(known)], code=f"A{n + 1}") for n in range(count))
    return replace(document, plan=replace(document.plan, actions=several))


def plan_alone(document: ResultsAndPlan) -> ActionPlanDocument:
    """The plan of `document` without the results."""
    if document.plan is None:
        raise SystemExit("the report has no plan")
    return ActionPlanDocument(document.cover, document.plan, document.levels, document.provenance)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of the first render in a process and of a later one, with what came out."""

    first: float
    warm: float
    pages: int
    bytes: int


def cost_of(document: Document, times: int) -> Cost:
    """Set `document` in this process, so many times after a first."""
    moments = [time.process_time()]
    content = b""
    for _ in range(1 + times):
        content = print_document(document, "fr")
        moments.append(time.process_time())
    took = [after - before for before, after in pairwise(moments)]
    counter = (
        "palier.reports.pdf:count_pages"
        if content.startswith(b"%PDF")
        else "palier.reports.slides.deck:count_slides"
    )
    pages = resolve_name(counter)(content)
    return Cost(took[0], min(took[1:]), pages, len(content))


async def of_the_press(document: Document) -> dict[str, float]:
    """What the first document of a warm press costs more than the next, memory, and what a second worker is worth."""
    alone, rate = await _one_worker(document)
    both = Press(workers=2, seconds=PATIENCE, work=PATIENCE)
    try:
        await _warm(both, 2 * TOGETHER)
        return alone | {"two_workers": await _rate(both, document) / rate}
    finally:
        both.stop()


async def _one_worker(document: Document) -> tuple[dict[str, float], float]:
    press = Press(workers=1, seconds=PATIENCE, work=PATIENCE)
    try:
        await press.ready()
        first, second = await _timed(press, document), await _timed(press, document)
        rate = await _rate(press, document)
        return {"first_more": first - second, "megabytes": heaviest() / 1e6}, rate
    finally:
        press.stop()


async def _warm(press: Press, asked: int) -> None:
    """Until every worker is up: each takes some of so many trifles."""
    await asyncio.gather(*(press.ready() for _ in range(asked)))


async def _timed(press: Press, document: Document) -> float:
    started = time.monotonic()
    await press.render(document, "fr")
    return time.monotonic() - started


async def _rate(press: Press, document: Document) -> float:
    """Documents a second, several asked for at once; the first of them only warm the workers up."""
    for measured in (False, True):
        started = time.monotonic()
        await asyncio.gather(*(press.render(document, "fr") for _ in range(TOGETHER if measured else 2)))
    return TOGETHER / (time.monotonic() - started)


def heaviest() -> int:
    """The most memory, in bytes, that any process under this one has held at once."""
    return max(_peak(child.pid) for child in psutil.Process().children(recursive=True))


def _peak(pid: int) -> int:
    """Resident, at its height, as the kernel counted it."""
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return int(line.split()[1]) * 1024


def main() -> None:
    document = asyncio.run(the_document(read_settings()))
    report = with_actions(document, FULL_ACTIONS)
    pressed = asyncio.run(of_the_press(report))  # before this process is heavy itself
    demo, full, plan = (
        cost_of(document, WARM), cost_of(report, WARM), cost_of(plan_alone(with_actions(document, PLAN_ACTIONS)), WARM),
    )  # fmt: skip
    print(json.dumps({
        "first": demo.first, "warm": demo.warm, "pages": demo.pages, "bytes": demo.bytes, "full_warm": full.warm,
        "full_pages": full.pages, "plan_warm": plan.warm, "plan_pages": plan.pages,
        "slides_warm": cost_of(slides_of(report), WARM).warm, **pressed,
    }))  # fmt: skip
