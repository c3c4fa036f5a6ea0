"""Editions from cells in networks of every size: `python -m benchmarks.cells [organisations ...]`; 40 variables, 5 % of answers missing.

*From scratch*: the batches cut by attributes, their cells, every cohort, the fingerprint. *One batch changed*: the same edition after
a correction, from the cells kept. Both give the same fingerprint, or this fails. In memory, CPU seconds of one core.
"""

import resource
import subprocess
import sys
import time

import numpy as np

from benchmarks.invented import K, counted, sealed
from benchmarks.networks import Drawn, drawn
from palier.benchmarks.rules.cells import Cells, cells_of, cells_of_batches
from palier.benchmarks.rules.cohorts import DIMENSIONS
from palier.benchmarks.rules.contributions import MISSING
from palier.benchmarks.rules.edition import Edition, from_cells, recomputed
from palier.benchmarks.rules.sealing import Seat

SIZES, VARIABLES = (1_000, 100_000, 1_000_000), 40
HEAD = (
    "organisations", "batches", "sealed (s)", "cells (s)", "cohorts (s)", "fingerprint (s)", "from scratch (s)", "one batch changed (s)",
    "of which fingerprint (s)", "cohorts", "computed again", "cells kept (MB)", "peak memory (MB)",
)  # fmt: skip


def table(sizes: tuple[int, ...] = SIZES) -> str:
    """A line of Markdown for each size, each measured in a process of its own."""
    lines = [HEAD, ("---:",) * len(HEAD)]
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks.cells", "--one", str(size)]
        lines.append(
            tuple(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(";"))
        )
    return "\n".join(f"| {' | '.join(line).strip()} |" for line in lines)


def measured(organisations: int) -> tuple[str, ...]:
    """The cells of one line."""
    made = drawn(organisations, VARIABLES)
    names = [f"v{number:02d}" for number in range(VARIABLES)]
    members = list(counted(made))
    took, started = {}, time.process_time()
    seats, places = sealed(members)
    took["sealed"] = _since(started)
    started = time.process_time()
    cells = cells_of_batches(seats, made.tenths[:, places], K)
    took["cells"] = _since(started)
    started = time.process_time()
    edition = from_cells(seats, cells, names, k=K, priority=DIMENSIONS)
    took["cohorts"] = _since(started)
    started = time.process_time()
    edition.fingerprint()
    took["fingerprint"] = _since(started)
    number, other = _corrected(made, seats, places)
    started = time.process_time()
    erratum = recomputed(edition, {number: other})
    computed = _since(started)
    started = time.process_time()
    mark = erratum.fingerprint()
    marked = _since(started)
    _assert_same(edition, number, other, mark)
    again = sum(rows is not edition.releases[key] for key, rows in erratum.releases.items())
    stored, memory = (
        sum(len(one.stored()) for one in cells),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    return (
        f"{organisations:,}", f"{len(cells):,}", *(f"{took[name]:.2f}" for name in took), f"{sum(took.values()):.2f}",
        f"{computed + marked:.2f}", f"{marked:.2f}", f"{len(edition.releases):,}", f"{again:,}", f"{stored / 1e6:.1f}", f"{memory:,.0f}",
    )  # fmt: skip


def _since(started: float) -> float:
    return time.process_time() - started


def _corrected(made: Drawn, seats: tuple[Seat, ...], places: list[int]) -> tuple[int, Cells]:
    """The batch in the middle, everybody in it ten points lower."""
    number = seats[len(seats) // 2].batch
    tenths = made.tenths[
        :, [place for seat, place in zip(seats, places, strict=True) if seat.batch == number]
    ]
    return number, cells_of(np.where(tenths == MISSING, MISSING, np.maximum(0, tenths - 100)), K)


def _assert_same(edition: Edition, number: int, other: Cells, mark: str) -> None:
    """What was computed for the cohorts that changed is what all of them together come to."""
    cells = [other if place == number else one for place, one in enumerate(edition.cells, start=1)]
    whole = from_cells(edition.seats, cells, edition.variables, k=edition.k, priority=edition.priority)
    if mark != whole.fingerprint():
        raise AssertionError("an edition computed again in part differs from one computed whole")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(";".join(measured(int(sys.argv[2]))))
    else:
        print(table(tuple(int(one) for one in sys.argv[1:]) or SIZES))
