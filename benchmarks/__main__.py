"""`python -m benchmarks`: one run, one report, about nine minutes. `python -m benchmarks requests` measures those alone, `python -m
benchmarks published 100000` an edition of so many organisations."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from benchmarks import aims, machine, report
from benchmarks.asking import Asked, ask_all
from benchmarks.measuring import say
from benchmarks.product import Timed, environment, settings_for, timed_command
from benchmarks.starting import Started, start
from palier.foundation import embedded_postgres
from palier.foundation.embedded_postgres import Cluster
from palier.foundation.settings import Settings

WRITTEN = Path(__file__).parents[1] / "docs" / "performance.md"


def main(parts: list[str]) -> None:
    """Measure, print, and write the report unless only a part of it was asked for."""
    if parts[:1] == ["published"]:
        print(_published(*parts[1:]))
        return
    with _installation() as (settings, cluster):
        about = machine.describe(_version(cluster))
        say("seeding")
        timed_command(settings, "migrate")
        seeding = timed_command(settings, "demo")
        asked = ask_all(settings, cluster)
        if parts == ["requests"]:
            print("\n".join([*about, "", report.requests(asked.lines), "", *aims.of_requests(asked)]))
            return
        printed, scored = _told("documents", settings), _told("scores", settings)
        reading, whole = _table("reading", settings), _table("whole_page", settings)
    say("palier serve")
    started = start(settings_for(settings.data_directory))
    published = _published()
    editions = report.Editions(
        published, _table("editions", settings), reading, whole, _table("utility", settings)
    )
    verdicts = aims.together(
        aims.of_requests(asked),
        aims.of_documents(printed),
        aims.of_the_rest(started, scored),
        aims.said_in(published),
    )
    once = [*_once(seeding, printed, asked, started), *_scored(scored)]
    text = report.written(about, asked, verdicts, once, editions)
    print(text)
    WRITTEN.write_text(text, encoding="utf-8")


def _published(*sizes: str) -> str:
    """Apart: what it leaves behind would be tidied up while the product is weighed at rest."""
    with _installation() as (settings, _cluster):
        timed_command(settings, "migrate")
        return _table("published", settings, *sizes)


def _version(cluster: Cluster) -> str:
    with psycopg.connect(cluster.url) as connection:
        return (connection.info.parameter_status("server_version") or "").split()[0]


def _once(seeding: Timed, printed: Mapping[str, float], asked: Asked, started: Started) -> list[str]:
    """What happens once, in words."""
    document = f"{printed['pages']} pages, {printed['bytes']:,} bytes"
    cold, warm = (
        f"first {printed['first']:.2f} CPU s (engine and fonts included)",
        f"warm {printed['warm']:.2f} CPU s",
    )
    return [
        f"Seeding the demo: {seeding.clock:.1f} s ({seeding.cpu:.1f} CPU s of ours, the database's aside)",
        f"PDF, results and plan, {document}: {cold}, {warm}",
        asked.exported.words(),
        *started.words(),
    ]


def _scored(figures: Mapping[str, float]) -> list[str]:
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


def _told(name: str, settings: Settings) -> dict[str, float]:
    figures: dict[str, float] = json.loads(_module(name, settings))
    return figures


def _table(name: str, settings: Settings, *told: str) -> str:
    """A table of its own; one that could not be measured says so, and the minutes before it are not lost."""
    try:
        return _module(name, settings, *told)
    except subprocess.CalledProcessError as fault:
        return f"**Not measured**: `python -m benchmarks.{name}` ended with status {fault.returncode}."


def _module(name: str, settings: Settings, *told: str) -> str:
    """What `python -m benchmarks.NAME` prints, in a process of its own."""
    say(name)
    command = [sys.executable, "-m", f"benchmarks.{name}", *told]
    return subprocess.run(
        command, env=environment(settings), stdout=subprocess.PIPE, text=True, check=True
    ).stdout


if __name__ == "__main__":
    with _at_exit:
        main(sys.argv[1:])
