"""What reading a cohort costs in networks of every size: `python -m benchmarks.reading`, on the database of the settings.

Plants as many rows as editions of these sizes have (benchmarks/editions.py), then asks for the rungs of a ladder by key, as
`store.rows_of` does, and shows the plan.
"""

import statistics
import time
from collections.abc import Iterator
from uuid import uuid4

import psycopg

from palier.foundation.settings import read_settings

COHORTS = {20: 1, 200: 211, 5_000: 3_170, 100_000: 5_401}
"""Cohorts published in a network of so many organisations."""

VARIABLES, ASKED = 80, 200

_PLANT = """
  insert into release_row (id, edition_id, network_id, cohort, variable, n_band, q1, median, q3, batches)
  select gen_random_uuid(), %s, %s, 'sector=' || c, 'v' || v, '10-19', 40, 50, 60, '[1, 2, 3]'
  from generate_series(1, %s) as c, generate_series(1, %s) as v
"""
_READ = (
    "select cohort, variable, n_band, p10, q1, median, q3, p90, batches from release_row "
    "where edition_id = %s and cohort = any(%s)"
)


def table() -> str:
    """A line of Markdown for each size, then the plan PostgreSQL chose for the largest."""
    head = ("organisations", "rows of the edition", "rows read", "time (ms, median)")
    with psycopg.connect(
        str(read_settings().database_url), user="postgres", autocommit=True
    ) as administrator:
        administrator.execute("set session_replication_role = replica")
        editions = {size: _planted(administrator, cohorts) for size, cohorts in COHORTS.items()}
        administrator.execute("analyze release_row")
        lines = [
            head,
            ("---:",) * len(head),
            *(_line(administrator, size, editions[size]) for size in COHORTS),
        ]
        plan = [f"    {line}" for line in _plan(administrator, editions[max(editions)])]
        administrator.execute("delete from release_row where edition_id = any(%s)", [list(editions.values())])
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), "", *plan])


def _planted(administrator: psycopg.Connection, cohorts: int) -> str:
    edition = str(uuid4())
    administrator.execute(_PLANT, [edition, str(uuid4()), cohorts, VARIABLES])
    return edition


def _line(administrator: psycopg.Connection, size: int, edition: str) -> tuple[str, ...]:
    taken, read = [], 0
    for number in range(ASKED):
        started = time.perf_counter()
        read = len(administrator.execute(_READ, [edition, _rungs(number, COHORTS[size])]).fetchall())
        taken.append((time.perf_counter() - started) * 1000)
    return f"{size:,}", f"{COHORTS[size] * VARIABLES:,}", f"{read:,}", f"{statistics.median(taken):.2f}"


def _rungs(number: int, cohorts: int) -> list[str]:
    """Four keys of which one is published: a ladder whose other rungs are too small."""
    return [f"sector={number % cohorts + 1}", *(f"size={rung}" for rung in range(3))]


def _plan(administrator: psycopg.Connection, edition: str) -> Iterator[str]:
    for (line,) in administrator.execute(f"explain {_READ}", [edition, _rungs(1, 100)]):
        yield str(line)


if __name__ == "__main__":
    print(table())
