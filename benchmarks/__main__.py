"""`python -m benchmarks`: one run, one report, about four minutes."""

import asyncio
import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from benchmarks import load, machine, report
from benchmarks.load import Ask, Run
from benchmarks.machine import cpu_seconds
from benchmarks.product import (
    Timed,
    Visitor,
    environment,
    first_page_of_serve,
    open_copy,
    saver,
    serving,
    settings_for,
    sign_in,
    timed_command,
)
from benchmarks.report import Cpu, Line, verdict
from palier.foundation import embedded_postgres
from palier.foundation.embedded_postgres import Cluster
from palier.foundation.settings import Settings

CROWD = 32
WARM_UP, ALONE, TOGETHER = 1.0, 3.0, 4.0  # seconds
SAVED, UPSERT = "Save an answer", "Bare one-row upsert"
WRITTEN = Path(__file__).parents[1] / "docs" / "performance.md"


def main() -> None:
    """Measure, print, write."""
    with _installation() as (settings, cluster):
        with psycopg.connect(cluster.url) as connection:
            server = connection.info.parameter_status("server_version") or ""
        about = machine.describe(server.split()[0])
        say("seeding")
        timed_command(settings, "migrate")
        seeding = timed_command(settings, "demo")
        lines = [*_floor(settings, cluster), *_product(settings, cluster)]
        say("documents")
        printed = json.loads(_module("documents", settings))
        say("scores")
        scored = json.loads(_module("scores", settings))
        say("reading")
        reading = _module("reading", settings)
        say("whole page")
        whole = _module("whole_page", settings)
        inside = settings
    say("palier serve")
    first = first_page_of_serve(settings_for(inside.data_directory))
    say("editions")
    once = [*_once(seeding, printed, first), *_scored(scored)]
    verdicts = [
        *_verdicts(lines),
        *_pressed(printed),
        verdict("First page", first, 5, "s"),
        verdict("Score one SX assessment", scored["score"], 2, "ms"),
        verdict(f"Compute {scored['results']:,} stored results again", scored["seconds"], 20, "s"),
    ]
    editions = report.Editions(_module("editions", inside), reading, whole, _module("utility", inside))
    text = report.written(about, lines, verdicts, once, editions)
    print(text)
    WRITTEN.write_text(text, encoding="utf-8")


def _once(seeding: Timed, printed: dict[str, float], first: float) -> list[str]:
    """What happens once, in words."""
    document = f"{printed['pages']} pages, {printed['bytes']:,} bytes"
    cold, warm = (
        f"first {printed['first']:.2f} CPU s (engine and fonts included)",
        f"warm {printed['warm']:.2f} CPU s",
    )
    return [
        f"Seeding the demo: {seeding.clock:.1f} s ({seeding.cpu:.1f} CPU s of ours, the database's aside)",
        f"PDF, results and plan, {document}: {cold}, {warm}",
        f"`palier serve` on a seeded data directory, to its first page: {first:.1f} s",
    ]


def _pressed(printed: dict[str, float]) -> list[str]:
    """The aims of documents. What a second worker brings depends on what else the machine does meanwhile."""
    full = f"Full report of {printed['full_pages']} pages, warm"
    return [
        verdict("PDF, warm", printed["warm"], 2, "CPU s"),
        verdict(full, printed["full_warm"], 2, "CPU s"),
        verdict("Plan of 100 actions, warm", printed["plan_warm"], 1.5, "CPU s"),
        verdict("Slides of the full report, warm", printed["slides_warm"], 1, "CPU s"),
        verdict("First document of a warm press, more than the next", printed["first_more"], 1, "s"),
        verdict("A press process at its heaviest", printed["megabytes"], 150, "MB"),
        verdict("Two press processes over one", printed["two_workers"], 1.4, "times", at_least=True),
    ]


def _scored(figures: dict[str, float]) -> list[str]:
    """What scoring costs, in words."""
    record = f"its record written in {figures['to_plain']:.2f} ms and read in {figures['from_plain']:.2f} ms"
    again = f"{figures['seconds']:.1f} s ({figures['cpu_seconds']:.1f} CPU s of ours)"
    return [
        f"One SX assessment: scored in {figures['score']:.2f} ms, {record}, its hash in {figures['hash']:.2f} ms",
        f"`palier recompute --all`, {figures['results']:,} results read from PostgreSQL and scored again: {again}",
    ]


@contextlib.contextmanager
def _installation() -> Iterator[tuple[Settings, Cluster]]:
    """A private one in a temporary folder. Its database ends with the block, its folder with this process."""
    folder = Path(tempfile.mkdtemp(prefix="palier-bench-"))
    folder.chmod(0o755)
    _at_exit.callback(_remove, folder)
    data = folder / "var"
    with embedded_postgres.running(data, say=say) as cluster:
        yield settings_for(data, cluster.url), cluster


_at_exit = contextlib.ExitStack()


def _remove(folder: Path) -> None:
    home = folder / "var" / "postgres"
    if home.is_symlink():
        shutil.rmtree(home.resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Bench:
    """A server under measurement and the processes whose CPU counts."""

    port: int
    server: int
    database: int

    def measure(self, name: str, asks: list[Ask]) -> Line:
        """One connection, then one for each of `asks`."""
        say(name)
        asyncio.run(load.run(self.port, asks[:1], seconds=WARM_UP))
        alone, cpu = self._metered(asks[:1], ALONE)
        crowd, crowd_cpu = self._metered(asks, TOGETHER)
        return Line(name, alone, crowd, cpu, crowd_cpu)

    def _metered(self, asks: list[Ask], seconds: float) -> tuple[Run, Cpu]:
        before = cpu_seconds(self.server), cpu_seconds(self.database)
        seen = asyncio.run(load.run(self.port, asks, seconds=seconds))
        used = cpu_seconds(self.server) - before[0], cpu_seconds(self.database) - before[1]
        return seen, Cpu(used[0] / seen.requests, used[1] / seen.requests)

    def measure_page(self, name: str, path: str, visitor: Visitor) -> Line:
        """A page, and how heavy it is."""
        line = self.measure(name, [load.always(load.get(path, visitor.cookies))] * CROWD)
        plain, compressed = (
            asyncio.run(load.body_size(self.port, load.get(path, visitor.cookies, gzip=gzip)))
            for gzip in (False, True)
        )
        return replace(line, plain=plain, compressed=compressed)


def _postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])


def _floor(settings: Settings, cluster: Cluster) -> list[Line]:
    with serving(settings, "benchmarks.floor:create_app") as server:
        bench = Bench(settings.port, server.pid, _postmaster(cluster))
        rows = [load.always(load.get(f"/upsert/{row}")) for row in range(CROWD)]
        return [
            bench.measure("Bare hello", [load.always(load.get("/hello"))] * CROWD),
            bench.measure(UPSERT, rows),
        ]


def _product(settings: Settings, cluster: Cluster) -> list[Line]:
    with serving(settings) as server:
        bench = Bench(settings.port, server.pid, _postmaster(cluster))
        say("copies of the demo")
        savers = [_saver_in_copy(settings, number) for number in range(CROWD)]
        lines = [bench.measure(SAVED, savers)]
        director, home = sign_in(settings)
        pages = _pages(director, home)
        return [*lines, *(bench.measure_page(name, path, director) for name, path in pages.items())]


def _saver_in_copy(settings: Settings, number: int) -> Ask:
    visitor, home = open_copy(settings, number)
    return saver(visitor, _first(visitor, _open_round(visitor, home), r"/q/[\w.]+"))


def _open_round(visitor: Visitor, home: str) -> str:
    return _first(visitor, f"{home}/assessments", r"/e/[\w-]+(?=\")", newest=True)


def _pages(visitor: Visitor, home: str) -> dict[str, str]:
    """What is read, by name."""
    opened = _open_round(visitor, home)
    frozen = _first(visitor, f"{home}/assessments", r"/e/[\w-]+(?=/results)", newest=True)
    return {
        "Criterion page": _first(visitor, opened, r"/q/[\w.]+"),
        "Results page": f"{frozen}/results",
        "Benchmark page": f"{frozen}/benchmark",
        "Plan board": _first(visitor, f"{home}/plans", r"/plans/(?!new)[\w-]+"),
    }


def _first(visitor: Visitor, page: str, address: str, *, newest: bool = False) -> str:
    """The first link on `page` under the same organisation that looks like `address`, or the highest."""
    organisation = "/".join(page.split("/")[:3])
    found = re.findall(rf"{re.escape(organisation)}(?:/e/[\w-]+(?=/q))?{address}", visitor.read(page))
    if not found:
        raise SystemExit(f"no link like {address} on {page}: has the page changed?")
    return max(found) if newest else str(found[0])


def _verdicts(lines: list[Line]) -> list[str]:
    named = {line.name: line for line in lines}
    save, upsert = named[SAVED], named[UPSERT]
    share = 100 * save.crowd.per_second / upsert.crowd.per_second
    said = [
        verdict("Save, p50 at one connection", save.alone.p50 * 1000, 4, "ms"),
        verdict("Save, throughput over that of the bare upsert", share, 25, "%", at_least=True),
    ]
    for line in lines:
        if line.plain:
            said.append(verdict(f"{line.name}, server CPU", line.cpu.server * 1000, 15, "ms"))
            said.append(verdict(f"{line.name}, size", line.plain / 1000, 100, "kB"))
    return said


def _module(name: str, settings: Settings) -> str:
    """What `python -m benchmarks.NAME` prints, in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    return subprocess.run(
        command, env=environment(settings), capture_output=True, text=True, check=True
    ).stdout


def say(message: str) -> None:
    """To the person who waits, not into the report."""
    print(f"… {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with _at_exit:
        main()
