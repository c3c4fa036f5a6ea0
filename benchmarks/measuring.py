"""One thing asked over and over: by one connection, then by a crowd; what it took of the processor and wrote to the log."""

import asyncio
import statistics
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import psycopg

from benchmarks import load
from benchmarks.load import OK, Ask, Run
from benchmarks.machine import cpu_seconds
from benchmarks.product import Visitor
from palier.foundation.embedded_postgres import Cluster

CROWD = 32
WARM_UP, ALONE, TOGETHER = 1.0, 3.0, 4.0  # seconds
TURNS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request: processor seconds, user and system, of the web server and of the database; bytes of the database's log."""

    server: float
    database: float
    logged: float


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was asked over and over, by one connection and by a crowd. Sizes of the body in bytes, where it is a page."""

    name: str
    alone: Run
    crowd: Run
    cost: Cost
    crowd_cost: Cost
    plain: int = 0
    compressed: int = 0


@dataclass(frozen=True, slots=True)
class Bench:
    """A server under measurement, and the processes whose work counts."""

    port: int
    server: int
    cluster: Cluster

    def measure(
        self, name: str, asks: Sequence[Ask], *, success: bytes = OK, near: bool = False, seconds: float = 1.0
    ) -> Line:
        """One connection, then one for each of `asks`; `seconds` stretches the time each takes."""
        say(name)
        ask = partial(load.run, self.port, success=success, near=near)
        asyncio.run(ask(asks[:1], seconds=WARM_UP * seconds))
        alone, cost = self._metered(ask(asks[:1], seconds=ALONE * seconds))
        crowd, crowd_cost = self._metered(ask(asks, seconds=TOGETHER * seconds))
        return Line(name, alone, crowd, cost, crowd_cost)

    def _metered(self, run: Coroutine[Any, Any, Run]) -> tuple[Run, Cost]:
        before = self._used()
        seen = asyncio.run(run)
        server, database, logged = (now - then for now, then in zip(self._used(), before, strict=True))
        return seen, Cost(server / seen.requests, database / seen.requests, logged / seen.requests)

    def _used(self) -> tuple[float, float, float]:
        return cpu_seconds(self.server), cpu_seconds(postmaster(self.cluster)), logged(self.cluster)

    def measure_page(self, name: str, path: str, visitor: Visitor) -> Line:
        """A page, and how heavy it is."""
        line = self.measure(name, [load.always(load.get(path, visitor.cookies))] * CROWD)
        plain, compressed = (
            asyncio.run(load.body_size(self.port, load.get(path, visitor.cookies, gzip=gzip)))
            for gzip in (False, True)
        )
        return replace(line, plain=plain, compressed=compressed)


def in_turns(measures: Sequence[Callable[[], Line]], turns: int = TURNS) -> list[list[Line]]:
    """Each measured `turns` times, one after the other and round again: what the machine does meanwhile falls on all alike."""
    return [[measure() for measure in measures] for _ in range(turns)]


def middle(lines: Sequence[Line]) -> Line:
    """Of several measurements of the same, the one with the middle throughput."""
    return sorted(lines, key=lambda line: line.crowd.per_second)[len(lines) // 2]


def share(of: Sequence[Line], beside: Sequence[Line]) -> float:
    """Throughput of the one over that of the other in per cent: the median of the turns, each turn against itself."""
    return 100 * statistics.median(
        one.crowd.per_second / other.crowd.per_second for one, other in zip(of, beside, strict=True)
    )


def postmaster(cluster: Cluster) -> int:
    """The process under which all others of the database are."""
    return int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])


def logged(cluster: Cluster) -> float:
    """Bytes the database has written to its log (WAL) so far."""
    with psycopg.connect(cluster.url, user="postgres") as connection:
        row = connection.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    return float(row[0]) if row else 0.0


def say(message: str) -> None:
    """To the person who waits, not into the report."""
    print(f"… {message}", file=sys.stderr, flush=True)
