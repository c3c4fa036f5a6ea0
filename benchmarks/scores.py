"""What scoring costs: one assessment, and ten thousand stored ones computed again: `python -m benchmarks.scores`.

Prints JSON: milliseconds of processor time for one SX assessment (answers in, exact tree out), for its record and its
hash; seconds for `palier recompute --all` over 10,000 results, reading them from PostgreSQL included.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from benchmarks.product import timed_command
from palier.foundation.settings import Settings, read_settings
from palier.questionnaires.catalogue import latest
from palier.scoring.rules import score
from palier.scoring.rules.record import from_plain, result_hash, to_plain

SETS, ROUNDS = 300, 5
STORED = 10_000

_COPIES = """
  create temporary table copies as
    select a.*, n from generate_series(1, 1000) as n, assessment a where a.result is not null and a.questionnaire = 'SX'
    order by n limit %(missing)s;
  update copies set id = gen_random_uuid(), slug = left(slug, 60) || '-copy-' || n;
  alter table copies drop column n;
  insert into assessment select * from copies;
"""


def answer_sets() -> list[dict[str, Any]]:
    """Answers of as many organisations: no two alike, so that nothing kept from one serves the next."""
    rng = random.Random(1)  # noqa: S311
    codes = [criterion.code for criterion in latest("SX").criteria]
    grades = ["none", "declared", "documented", "measured"]
    return [
        {code: {"level": rng.randint(1, 5), "evidence": rng.choice(grades)} for code in codes}
        for _ in range(SETS)
    ]


def milliseconds(work: Callable[[Any], object], given: list[Any]) -> float:
    """Processor time of one call, the median of some rounds over all that is given."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for one in given:
            work(one)
        rounds.append((time.process_time() - started) * 1000 / len(given))
    return statistics.median(rounds)


def scoring() -> Mapping[str, float]:
    asked, given = latest("SX"), answer_sets()
    results = [score(asked, answers) for answers in given]
    return {
        "score": milliseconds(lambda answers: score(asked, answers), given),
        "hash": milliseconds(result_hash, results),
        "to_plain": milliseconds(to_plain, results),
        "from_plain": milliseconds(from_plain, [to_plain(result) for result in results]),
    }


@contextmanager
def stored(settings: Settings) -> Iterator[int]:
    """The demo's results and copies of them, as many as are asked for; the copies are gone afterwards."""
    with psycopg.connect(str(settings.database_url), user="postgres", autocommit=True) as administrator:
        administrator.execute("set session_replication_role = replica")
        present = _count(administrator)
        administrator.execute(_COPIES.replace("%(missing)s", str(max(STORED - present, 0))))
        administrator.execute("analyze assessment")
        try:
            yield _count(administrator)
        finally:
            administrator.execute("delete from assessment where slug like '%-copy-%'")


def _count(administrator: psycopg.Connection) -> int:
    row = administrator.execute("select count(*) from assessment where result is not null").fetchone()
    return int(row[0]) if row else 0


def recomputing(settings: Settings) -> Mapping[str, float]:
    with stored(settings) as results:
        taken = timed_command(settings, "recompute", "--all")
    return {"results": results, "seconds": taken.clock, "cpu_seconds": taken.cpu}


if __name__ == "__main__":
    print(json.dumps(scoring() | recomputing(read_settings())))
