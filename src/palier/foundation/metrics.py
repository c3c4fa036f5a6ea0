"""Figures for Prometheus: what the web processes of this machine counted, added up, and what the caller knows besides.

Each process counts in files of its own in `metrics/<host>` of the data directory, under a number it holds by a lock: a
process that is started again goes on where the one before it ended. The first process of a machine begins with empty
files. Labels are routes' templates, methods, statuses and words of ours: never an address, never an id.
"""

import fcntl
import importlib.metadata
import os
import platform
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from palier.foundation import watch
from palier.foundation.figure import Figure
from palier.foundation.watch import COUNTED, Kind, Work

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds a request may take."""

_FILES = {"counter": 1 << 21, "histogram": 1 << 22, "gauge_livesum": 1 << 16}
"""Bytes set aside for each kind at once: writing into a mapped file for which the disk has no room ends a process."""


def begin(data_directory: Path) -> "Metrics":
    """Count from now on in this process. Raises OSError when the disk has no room for it."""
    metrics = Metrics(data_directory / "metrics" / socket.gethostname())
    watch.watchers.append(metrics)
    return metrics


class Metrics(watch.Watcher):
    """Counts what it is told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._slot, self._held = _claim(folder)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        values.ValueClass = values.MultiProcessValue(lambda: self._slot)
        self._requests = _counter("requests", "Requests answered", ("method", "route", "status"))
        self._seconds = Histogram(
            "palier_request_seconds", "Seconds from the first byte read to the last one written", ("method", "route"),
            registry=None, buckets=BUCKETS,
        )  # fmt: skip
        self._in_flight = Gauge(
            "palier_requests_in_flight", "Requests being answered", registry=None, multiprocess_mode="livesum"
        )
        self._statements = _counter("statements", "Statements sent to the database", ("method", "route"))
        self._waited = _counter(
            "statement_seconds", "Seconds spent waiting for the database", ("method", "route")
        )
        self._pool = Gauge(
            "palier_pool_connections", "Connections to the database by what they are doing", ("state",), registry=None,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self._counted = {name: _counter(name, says, labels) for name, (says, labels) in COUNTED.items()}

    def begins(self, work: Work) -> None:
        self._in_flight.inc()

    def ends(self, work: Work, outcome: str, seconds: float) -> None:
        self._in_flight.dec()
        if work.discreet or work.kind is not Kind.REQUEST:
            return
        method, route = work.method, work.route
        self._requests.labels(method, route, outcome).inc()
        self._seconds.labels(method, route).observe(seconds)
        if work.statements:
            self._statements.labels(method, route).inc(work.statements)
            self._waited.labels(method, route).inc(work.seconds)

    def counts(self, name: str, labels: Mapping[str, str]) -> None:
        self._counted[name].labels(**labels).inc()

    def pool(self, used: int, idle: int, most: int) -> None:
        """How the connections of this process's pool are used at this moment."""
        for state, number in (("used", used), ("idle", idle), ("most", most)):
            self._pool.labels(state).set(number)

    def text(self, besides: Iterable[Figure] = ()) -> bytes:
        """Everything in Prometheus' text format: the web processes of this machine, and `besides`."""
        with _guarded(self._folder):
            _forget_the_dead(self._folder, self._slot)
        registry = CollectorRegistry()
        registry.register(_Collected(self._folder, [*besides, _build()]))
        return generate_latest(registry)

    def close(self) -> None:
        """Let go of the files; they stay for whoever counts on."""
        values.ValueClass = values.MutexValue
        self._held.close()


class _Collected(Collector):
    """What the files of all processes hold, with figures from elsewhere put into the same families."""

    def __init__(self, folder: Path, besides: Iterable[Figure]) -> None:
        self._folder, self._besides = folder, besides

    def collect(self) -> Iterator[Metric]:
        counted = MultiProcessCollector(None, path=str(self._folder)).collect()
        families: dict[str, Metric] = {metric.name: metric for metric in counted}
        for one in self._besides:
            family = families.setdefault(one.family, Metric(one.family, one.help, one.kind))
            family.add_sample(
                one.name or one.family + ("_total" if one.kind == "counter" else ""),
                dict(one.labels),
                one.value,
            )
        yield from families.values()


def _counter(name: str, says: str, labels: tuple[str, ...]) -> Counter:
    return Counter(f"palier_{name}", says, labels, registry=None)


def _build() -> Figure:
    version = importlib.metadata.version("palier")
    labels = {"version": version, "python": platform.python_version()}
    return Figure("palier_build_info", "gauge", "What is running", 1, labels)


# --- the files ------------------------------------------------------------------------------------------------------------


@contextmanager
def _guarded(folder: Path) -> Iterator[None]:
    """One process at a time looks whose files are whose."""
    with (folder / "guard").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def _claim(folder: Path) -> tuple[str, IO[str]]:
    """The lowest number nobody holds, and the lock that holds it until this process ends, however it does."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with _guarded(folder):
        if not any(_is_held(lock) for lock in folder.glob("*.lock")):
            for old in folder.glob("*.db"):
                old.unlink()
        for number in count(1):
            lock = (folder / f"{number}.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            break
        (folder / f"gauge_livesum_{number}.db").unlink(missing_ok=True)
        for kind, size in _FILES.items():
            with (folder / f"{kind}_{number}.db").open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, size)
    return str(number), lock


def _is_held(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _forget_the_dead(folder: Path, ours: str) -> None:
    """What a process was doing when it died, it does no more; what it counted stays counted."""
    for gauges in folder.glob("gauge_livesum_*.db"):
        number = gauges.stem.rpartition("_")[2]
        if number != ours and not _is_held(folder / f"{number}.lock"):
            gauges.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """The files of hosts that are gone: a container has a new name at every start. Nothing is touched that is not ours."""
    for guard in folder.parent.glob("*/guard"):
        other = guard.parent
        if other == folder or any(_is_held(lock) for lock in other.glob("*.lock")):
            continue
        for old in (
            *(one for kind in _FILES for one in other.glob(f"{kind}_*.db")),
            *other.glob("*.lock"),
            guard,
        ):
            old.unlink(missing_ok=True)
        with suppress(OSError):  # somebody keeps something else there: it stays
            other.rmdir()
