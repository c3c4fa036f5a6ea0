"""How long an edition takes: `python -m benchmarks.editions [variables] [organisations ...]`; 80 of each size unless told."""

import resource
import sys
import time

from benchmarks.networks import contributions
from palier.benchmarks.rules import publish

SIZES = (20, 200, 5_000, 100_000)
ASKED = 200
HEAD = (
    "organisations", "publish (s)", "a later campaign (s)", "fingerprint (s)", "one standing (µs)", "nearest peers (µs)",
    "cohorts", "rows", "batches", "peak memory (MB)",
)  # fmt: skip


def table(variables: int = 80, sizes: tuple[int, ...] = SIZES) -> str:
    """A line of Markdown for each size; seconds are CPU seconds of one core."""
    lines = [HEAD, ("---:",) * len(HEAD), *(measured(size, variables) for size in sizes)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def measured(organisations: int, variables: int) -> tuple[str, ...]:
    """The cells of one size."""
    given = list(contributions(organisations, variables))
    started = time.process_time()
    edition = publish({"k": 5}, given, None)
    published = time.process_time() - started
    started = time.process_time()
    publish({"k": 5}, given, edition)
    again = time.process_time() - started
    started = time.process_time()
    edition.fingerprint()
    marked = time.process_time() - started
    few = [given[number % organisations] for number in range(ASKED)]
    started = time.process_time()
    for one in few:
        edition.standing(one["member"], {name: one[name] for name in ("sector", "size", "country")})
    standing = (time.process_time() - started) / ASKED
    started = time.process_time()
    for one in few:
        edition.nearest("someone", one)
    nearest = (time.process_time() - started) / ASKED
    rows, memory = sum(1 for _ in edition.rows()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    batches = max((seat.batch for seat in edition.seats), default=0)
    return (
        f"{organisations:,}", f"{published:.2f}", f"{again:.2f}", f"{marked:.2f}", f"{standing * 1e6:,.0f}",
        f"{nearest * 1e6:,.0f}", f"{len(edition.releases):,}", f"{rows:,}", f"{batches:,}", f"{memory:,.0f}",
    )  # fmt: skip


if __name__ == "__main__":
    told = [int(one) for one in sys.argv[1:]]
    print(table(*told[:1], *([tuple(told[1:])] if told[1:] else [])))
