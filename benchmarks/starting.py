"""`palier serve` as somebody starts it every morning: seconds to the first page, and the memory of all of it at rest."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.product import environment, first_answer
from palier.foundation.settings import Settings

STARTS = 3
_SETTLED = 20.0
"""Seconds after the first page: the worker is up, the demo's people have been listed, nobody asks for anything."""

MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds to the first page: after the data was brought by hand, every start after that (the fastest and the slowest of
    some), and the proportional set size, in bytes, of each part at rest."""

    first: float
    again: tuple[float, float]
    memory: Mapping[str, int]

    @property
    def megabytes(self) -> float:
        return sum(self.memory.values()) / MEGABYTE

    def words(self) -> list[str]:
        """For the report."""
        parts = ", ".join(f"{name} {size / MEGABYTE:.0f}" for name, size in self.memory.items())
        first, again = f"{self.first:.1f} s", f"{self.again[0]:.1f} to {self.again[1]:.1f} s"
        rest = f"{_SETTLED:.0f} s after the first page"
        return [
            f"`palier serve` to its first page, once data was brought by commands: {first}; every time after that: {again}",
            f"Memory at rest (PSS, MB, {rest}): {parts}; in all {self.megabytes:.0f}",
        ]


def start(settings: Settings) -> Started:
    """Start it several times on a seeded data directory; weigh the last."""
    with _served(settings) as (first, _):
        pass
    seconds = []
    for _number in range(STARTS - 1):
        with _served(settings) as (again, _):
            seconds.append(again)
    with _served(settings) as (again, supervisor):
        seconds.append(again)
        time.sleep(_SETTLED)
        memory = weigh(supervisor, settings.data_directory)
    return Started(first, (min(seconds), max(seconds)), memory)


@contextmanager
def _served(settings: Settings) -> Iterator[tuple[float, int]]:
    """`palier serve` until the block ends: seconds it took to its first page, and its process."""
    command = [sys.executable, "-m", "palier", "serve"]
    process = subprocess.Popen(
        command, env=environment(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    started = time.perf_counter()
    try:
        first_answer(settings.port, "/fr/")
        yield time.perf_counter() - started, process.pid
    finally:
        process.terminate()
        process.wait(60)


def weigh(supervisor: int, data: Path) -> dict[str, int]:
    """Bytes of memory (PSS: what is shared is shared out) of everything that runs, by what it is for."""
    postmaster = int((data / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    ours = psutil.Process(supervisor)
    parts = {"supervisor": [ours], "web": [], "worker": [], "database": _tree(psutil.Process(postmaster))}
    for child in ours.children():
        words = child.cmdline()
        part = "web" if "granian" in words else "worker" if words[-1:] == ["work"] else ""
        if part:
            parts[part] += _tree(child)
    return {name: sum(pss(process.pid) for process in processes) for name, processes in parts.items()}


def _tree(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def pss(pid: int) -> int:
    """Proportional set size in bytes; 0 for a process that ended meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
