"""How long an edition takes: `python -m benchmarks.editions [organisations] [variables]`, 5,000 x 80 unless told."""

import random
import resource
import sys
import time
from typing import Any

from palier.benchmarks.rules import publish

SECTORS = {f"family {f}": [f"sector {f}.{s}" for s in range(5)] for f in range(6)}


def contribution(number: int, variables: int, rng: random.Random) -> dict[str, Any]:
    family = rng.choice(list(SECTORS))
    scores = {
        f"v{v:02d}": None if rng.random() < 0.05 else round(min(100.0, max(0.0, rng.gauss(55, 18))), 1)
        for v in range(variables)
    }
    return {
        "member": f"m{number:06d}",
        "group": f"m{number:06d}",
        "family": family,
        "sector": rng.choice(SECTORS[family]),
        "size": rng.choice(["-49", "50-249", "250-999", "1000-4999", "5000-"]),
        "country": rng.choice(["FR", "BE", "LU", "DE", "CH"]),
        "legal_kind": rng.choice(["company", "association"]),
        "scores": scores,
    }


Instant = tuple[float, float]


def now() -> Instant:
    return time.perf_counter(), time.process_time()


def timed(label: str, started: Instant) -> None:
    clock, processor = (end - start for start, end in zip(started, now(), strict=True))
    print(f"{label:<28}{clock:8.3f} s   {processor:8.3f} CPU s")


def main(organisations: int = 5000, variables: int = 80) -> None:
    rng = random.Random(1)  # noqa: S311
    given = [contribution(number, variables, rng) for number in range(organisations)]
    print(f"{organisations} organisations, {variables} variables, 5 % of answers missing")
    started = now()
    edition = publish({"k": 5}, given, None)
    timed("publish", started)
    started = now()
    publish({"k": 5}, given, edition)
    timed("publish, a later campaign", started)
    started = now()
    edition.fingerprint()
    timed("fingerprint", started)
    started = now()
    for number in range(100):
        edition.standing(given[number]["member"], {"sector": given[number]["sector"], "size": "-49"})
    timed("100 standings", started)
    batches = max(seat.batch for seat in edition.seats)
    print(f"{len(edition.releases)} cohorts, {sum(1 for _ in edition.rows())} rows, {batches} batches")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
