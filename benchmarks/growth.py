"""How Palier grows: `python -m benchmarks.growth`, on the database of the settings, which holds the demo. Numbers of docs/scale.md.

Plants rounds with all their answers and history and weighs what they add to each table, index and out-of-line value included; has
answers saved by the production server and counts processor time and log; then multiplies. Assumptions stand in the code, above.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks import load
from benchmarks.machine import cpu_seconds
from benchmarks.planted import TRAIL, plant
from benchmarks.product import open_copy, saver, serving, settings_for
from palier.foundation.settings import Settings, read_settings

ROUNDS, SAVERS, SECONDS = 2_000, 16, 8.0
CRITERIA = 34
"""Of the questionnaire SX: answers, and events of answers, that a planted round has."""
PER_YEAR = (1_000, 100_000, 1_000_000)
SAVES_A_ROUND = 60
"""Most criteria are touched once, some twice or three times. Each save is an event of the answer and an entry of the trail."""
BUSY_DAYS, BUSY_HOURS, PEAK = 20, 8, 5
"""Half of a year's saves fall on this many working days before campaigns close; the busiest minute is this many times the mean."""
FILES_A_ROUND = 3 * 300_000
"""Bytes of evidence and documents a round: three files of 300 kB, in the bucket or folder, not in PostgreSQL."""
_SIZES = "select relname, pg_total_relation_size(relid), pg_indexes_size(relid) from pg_stat_user_tables"
OF_THE_EDITION = {
    "edition",
    "release_row",
    "batch_member",
    "edition_draft",
    "batch_cell",
    "draft_row",
    "draft_seat",
}


@dataclass(frozen=True, slots=True)
class Save:
    """What one saved answer costs: processor seconds of web and database, bytes of the database's log."""

    web: float
    database: float
    log: float


def main() -> None:
    """Measure, multiply, print Markdown."""
    settings = read_settings()
    url = str(settings.database_url)
    weights = _weighed(url)
    save = _saved(settings, url)
    print("\n\n".join([_table_of_sizes(weights), _words(save), _table_of_years(sum(weights.values()), save)]))


def _weighed(url: str) -> dict[str, float]:
    """Bytes a round adds to each table; what an edition adds for each of its organisations is told by benchmarks.cells."""
    before = _sizes(url)
    plant(url, ROUNDS, answered=1.0, slug=f"grown-{sum(before.values())}")
    after = _sizes(url)
    grown = {
        name: (size - before.get(name, 0)) / ROUNDS
        for name, size in after.items()
        if name not in OF_THE_EDITION
    }
    grown["answer_event"] *= SAVES_A_ROUND / CRITERIA
    grown["audit_entry"] *= SAVES_A_ROUND / TRAIL
    return dict(sorted(((name, size) for name, size in grown.items() if size > 0), key=lambda one: -one[1]))


def _sizes(url: str) -> dict[str, int]:
    with psycopg.connect(url, user="postgres", autocommit=True) as administrator:
        return {name: size for name, size, _ in administrator.execute(_SIZES)}


def _saved(settings: Settings, url: str) -> Save:
    own = settings_for(settings.data_directory, url)
    with psycopg.connect(url, user="postgres") as administrator:
        postmaster = postmaster_of(administrator)
    with serving(own) as server:
        savers = [_saver(own, number) for number in range(SAVERS)]
        asyncio.run(load.run(own.port, savers, seconds=1.0))
        before = cpu_seconds(server.pid), cpu_seconds(postmaster), _log(url)
        seen = asyncio.run(load.run(own.port, savers, seconds=SECONDS))
        after = cpu_seconds(server.pid), cpu_seconds(postmaster), _log(url)
    return Save(*((now - then) / seen.requests for now, then in zip(after, before, strict=True)))


def _saver(settings: Settings, number: int) -> load.Ask:
    visitor, home = open_copy(settings, number)
    rounds = re.findall(rf"{re.escape(home)}/e/[\w-]+(?=\")", visitor.read(f"{home}/assessments"))
    opened = visitor.read(max(rounds))
    return saver(visitor, re.findall(rf"{re.escape(home)}/e/[\w-]+/q/[\w.]+", opened)[0])


def postmaster_of(administrator: psycopg.Connection) -> int:
    """The number of the server's first process, on this machine."""
    (folder,) = administrator.execute("show data_directory").fetchone() or ("",)
    return int((Path(folder) / "postmaster.pid").read_text().split("\n", 1)[0])


def _log(url: str) -> float:
    with psycopg.connect(url, user="postgres") as administrator:
        row = administrator.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    return float(row[0]) if row else 0.0


def _table_of_sizes(weights: dict[str, float]) -> str:
    total = sum(weights.values())
    shown = [(name, size) for name, size in weights.items() if size >= total / 100]
    rest = total - sum(size for _, size in shown)
    rows = [*shown, ("all others", rest), ("**a round**", total)]
    return _markdown(("table", "bytes a round"), [(name, f"{size:,.0f}") for name, size in rows])


def _words(save: Save) -> str:
    whole = save.web + save.database
    return (
        f"A save: {save.web * 1000:.2f} ms of the web process, {save.database * 1000:.2f} ms of the database, {save.log / 1000:.1f} kB of "
        f"log; {1 / whole:,.0f} saves a second for each core that both share, {1 / save.database:,.0f} for each core of the database."
    )


def _table_of_years(bytes_a_round: float, save: Save) -> str:
    head = (
        "rounds a year", "database, 1 year (GB)", "5 years (GB)", "10 years (GB)", "log a year (GB)", "files a year (GB)",
        "saves/s, busiest minute", "cores then: web", "cores then: database",
    )  # fmt: skip
    return _markdown(head, [_year(rounds, bytes_a_round, save) for rounds in PER_YEAR])


def _year(rounds: int, bytes_a_round: float, save: Save) -> tuple[str, ...]:
    saves = rounds * SAVES_A_ROUND
    busiest = saves / 2 / (BUSY_DAYS * BUSY_HOURS * 3600) * PEAK
    grown = (f"{rounds * bytes_a_round * years / 1e9:,.1f}" for years in (1, 5, 10))
    rest = (saves * save.log / 1e9, rounds * FILES_A_ROUND / 1e9)
    cores = (busiest * save.web, busiest * save.database)
    return (
        f"{rounds:,}",
        *grown,
        *(f"{one:,.1f}" for one in rest),
        f"{busiest:,.1f}",
        *(f"{one:.2f}" for one in cores),
    )


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ("---", *("---:",) * (len(head) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
