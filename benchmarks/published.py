"""An edition from contributions to stored rows, and its erratum: `python -m benchmarks.published [organisations ...]`.

On the database of the settings. Runs what the worker runs: the job that publishes a campaign, then, one batch
having filed corrections, the job that publishes the erratum. What was stored gives both fingerprints, or this fails.
"""

import asyncio
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.aims import of_an_edition
from benchmarks.growth import postmaster_of
from benchmarks.machine import cpu_seconds
from benchmarks.planted import administrator_of
from benchmarks.waiting import Waiting, clear_away, plant_corrections, plant_waiting
from palier.benchmarks import store
from palier.benchmarks.flows.correcting import publish_erratum
from palier.benchmarks.flows.frozen import rows_of
from palier.benchmarks.flows.publishing import publish_campaign
from palier.benchmarks.flows.sealing import stored_edition
from palier.benchmarks.flows.writing_out import write_out
from palier.foundation.database import WORKER, connect, disconnect, reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import read_settings

SIZES, ASKED = (1_000, 5_000), 200
HEAD = (
    "organisations", "cohorts", "rows", "from scratch (s)", "ours (CPU s)", "database (CPU s)", "erratum (s)", "ours (CPU s)",
    "database (CPU s)", "cohorts that changed", "rows written", "cohorts read by key, edition (ms)", "erratum (ms)",
    "copied afterwards (s)", "peak memory (MB)",
)  # fmt: skip
_SCRATCH = {
    "contributions read": ("sealing", "given_to"), "batches cut, cells counted, cohorts computed": ("sealing", "publish"),
    "checks": ("sealing", "check"), "cells written": ("sealing", "keep_cells"),
    "rows written": ("publishing", "insert_rows"), "seats written": ("publishing", "insert_seats"),
    "text written": ("publishing", "keep_text"),
}  # fmt: skip
_ERRATUM = {
    "corrections and seats": ("correcting", "seats_with"), "consents": ("correcting", "_was_taken_back"),
    "cells read": ("correcting", "cells_kept"), "text read": ("correcting", "text_kept"),
    "frozen results of the batch": ("correcting", "_from_kept"), "of which cohorts computed, fingerprint": ("correcting", "corrected"),
    "rows written": ("correcting", "write_erratum"), "cells and text forgotten": ("correcting", "forget_cells"),
}  # fmt: skip


@dataclass
class Took:
    """Seconds by the clock, of our own processor time and of the database's; and by step, by the clock."""

    clock: float = 0.0
    ours: float = 0.0
    database: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)

    def cells(self) -> tuple[str, ...]:
        """For a table."""
        return tuple(f"{seconds:.2f}" for seconds in (self.clock, self.ours, self.database))

    def words(self) -> str:
        """What took how long."""
        return "; ".join(f"{name} {seconds:.2f} s" for name, seconds in self.steps.items())


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured of one size."""

    size: int
    cells: tuple[str, ...]
    scratch: Took
    erratum: Took


def table(sizes: Sequence[int] = SIZES) -> str:
    """A line of Markdown for each size, the steps of the largest, what it is beside the smallest, and the verdicts on it."""
    url = str(read_settings().database_url)
    lines = []
    for size in sizes:
        with administrator_of(url) as administrator:
            lines.append(asyncio.run(_measured(url, administrator, size)))
    head, small, large = [HEAD, ("---:",) * len(HEAD)], lines[0], lines[-1]
    said = [
        f"From scratch, {large.size:,} organisations: {large.scratch.words()}.",
        f"Erratum, {large.size:,} organisations: {large.erratum.words()}.",
    ]
    if len(lines) > 1:
        ratios = (
            f"{name} × {_cpu(after) / _cpu(before):.1f}"
            for name, before, after in (("from scratch", small.scratch, large.scratch), ("erratum", small.erratum, large.erratum))
        )  # fmt: skip
        said.append(f"{large.size:,} beside {small.size:,}, processor time of both: {'; '.join(ratios)}.")
    rows = [f"| {' | '.join(line)} |" for line in (*head, *(line.cells for line in lines))]
    verdicts = of_an_edition(large.size, _cpu(large.scratch), _cpu(large.erratum))
    return "\n".join([*rows, "", "\n\n".join(said), "", *(f"- {verdict}" for verdict in verdicts)])


def _cpu(took: Took) -> float:
    return took.ours + took.database


async def _measured(url: str, administrator: psycopg.Connection, size: int) -> Line:
    clear_away(administrator)
    waiting = plant_waiting(administrator, size, f"published-{size}-{str(new_id())[-6:]}")
    server = postmaster_of(administrator)
    await connect(url, WORKER)
    try:
        scratch = await _timed(server, _SCRATCH, publish_campaign, str(waiting.campaign))
        original = await _edition(waiting, corrected=False)
        members = _batch(administrator, original.id)
        plant_corrections(administrator, waiting, members)
        administrator.execute("checkpoint")
        correcting = await _timed(server, _ERRATUM, publish_erratum, str(original.id), "measured")
        erratum = await _edition(waiting, corrected=True)
        own = _count(administrator, erratum.id)
        before, after = await _reading(original), await _reading(erratum)
        rows, cohorts = await _whole(original)
        if await _whole(erratum) != (rows, cohorts):
            raise AssertionError("an erratum has other cohorts than its original")
        copying = await _timed(server, {}, write_out, str(erratum.id))
    finally:
        await disconnect()
        clear_away(administrator)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cells = (
        f"{size:,}", f"{cohorts:,}", f"{rows:,}", *scratch.cells(), *correcting.cells(), f"{own[0]:,}", f"{own[1]:,}", f"{before:.2f}",
        f"{after:.2f}", f"{copying.clock:.1f}", f"{memory:,.0f}",
    )  # fmt: skip
    return Line(size, cells, scratch, correcting)


async def _timed(
    server: int, watched: dict[str, tuple[str, str]], job: Callable[..., Awaitable[None]], *told: str
) -> Took:
    took = Took()
    with _watching(watched, took.steps):
        before = time.perf_counter(), time.process_time(), cpu_seconds(server)
        await job(*told)
        after = time.perf_counter(), time.process_time(), cpu_seconds(server)
    took.clock, took.ours, took.database = (now - then for now, then in zip(after, before, strict=True))
    return took


@contextmanager
def _watching(watched: dict[str, tuple[str, str]], steps: dict[str, float]) -> Iterator[None]:
    """Note how long each of these functions takes, by the clock."""
    before = []
    for step, (flow, name) in watched.items():
        module = import_module(f"palier.benchmarks.flows.{flow}")
        inner = getattr(module, name)
        before.append((module, name, inner))
        setattr(module, name, _noted(inner, step, steps))
    try:
        yield
    finally:
        for module, name, inner in before:
            setattr(module, name, inner)


def _noted(inner: Callable[..., Any], step: str, steps: dict[str, float]) -> Callable[..., Any]:
    async def later(*given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return await inner(*given, **named)
        finally:
            steps[step] = steps.get(step, 0.0) + time.perf_counter() - started

    def now(*given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return inner(*given, **named)
        finally:
            steps[step] = steps.get(step, 0.0) + time.perf_counter() - started

    return later if asyncio.iscoroutinefunction(inner) else now


async def _edition(waiting: Waiting, *, corrected: bool) -> store.Edition:
    async with reading(None):
        return await store.Edition.get(campaign_id=waiting.campaign, corrects_id__isnull=not corrected)


def _batch(administrator: psycopg.Connection, edition: UUID) -> list[UUID]:
    """Who sits in the batch in the middle."""
    sql = (
        "select organisation_id from batch_member where edition_id = %(id)s and batch = "
        "(select (max(batch) + 1) / 2 from batch_member where edition_id = %(id)s)"
    )
    return [row[0] for row in administrator.execute(sql, {"id": edition})]


def _count(administrator: psycopg.Connection, edition: UUID) -> tuple[int, int]:
    """Cohorts and rows written for one edition."""
    sql = "select count(distinct cohort), count(*) from release_row where edition_id = %s"
    row = administrator.execute(sql, [edition]).fetchone()
    return row or (0, 0)


async def _reading(edition: store.Edition) -> float:
    """What the rows of one ladder take, four cohorts of which some are published; milliseconds, the median."""
    taken = []
    async with reading(None):
        for number in range(ASKED):
            keys = ["", "family=transport", f"family=transport&size={number}", f"country=FR&size={number}"]
            started = time.perf_counter()
            await rows_of(edition, keys)
            taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


async def _whole(edition: store.Edition) -> tuple[int, int]:
    """Rows and cohorts, once all that is stored has given the fingerprint."""
    async with reading(None):
        frozen = await stored_edition(edition)
    if frozen.fingerprint() != edition.hash:
        raise AssertionError("what was stored does not give the fingerprint")
    return sum(map(len, frozen.releases.values())), len(frozen.releases)


if __name__ == "__main__":
    print(table([int(one) for one in sys.argv[1:]] or SIZES))
