"""What the worker counts: in memory, added to the table `worker_tally` with every heartbeat.

The worker answers no requests, and may run on another machine than the web: so its figures go by the database, and any
web process shows them. They are sums over all workers there ever were; one that is killed takes fifteen seconds of
counting with it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from palier.foundation import watch
from palier.foundation.database import select, transaction
from palier.foundation.watch import COUNTED, Kind, Work

BUCKETS = (0.05, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds a job may take."""

FAMILIES = {
    "palier_jobs": ("counter", "Jobs done, by how they ended"),
    "palier_job_seconds": ("histogram", "Seconds a job took"),
    "palier_job_statements": ("counter", "Statements that jobs sent to the database"),
    "palier_job_statement_seconds": ("counter", "Seconds that jobs waited for the database"),
    **{f"palier_{name}": ("counter", says) for name, (says, _labels) in COUNTED.items()},
}
"""What a worker counts: what kind of figure it is, and what it says."""


def begin(_data_directory: Path) -> "Tally":
    """Count from now on in this process."""
    tally = Tally()
    watch.watchers.append(tally)
    return tally


class Tally(watch.Watcher):
    """Counts jobs and what they do, and writes down the difference when it is asked to."""

    def __init__(self) -> None:
        self._since: defaultdict[str, float] = defaultdict(float)

    def ends(self, work: Work, outcome: str, seconds: float) -> None:
        if work.kind is not Kind.JOB:
            return
        job = {"job": work.name}
        self._add("palier_jobs_total", job | {"outcome": outcome}, 1)
        for bound in (*BUCKETS, float("inf")):
            if seconds <= bound:
                self._add("palier_job_seconds_bucket", job | {"le": _bound(bound)}, 1)
        self._add("palier_job_seconds_sum", job, seconds)
        self._add("palier_job_seconds_count", job, 1)
        self._add("palier_job_statements_total", job, work.statements)
        self._add("palier_job_statement_seconds_total", job, work.seconds)

    def counts(self, name: str, labels: Mapping[str, str]) -> None:
        self._add(f"palier_{name}_total", labels, 1)

    async def keep(self) -> None:
        """Add what was counted since the last time. What cannot be written now is written the next time."""
        since, self._since = self._since, defaultdict(float)
        if not since:
            return
        sql = (
            "insert into worker_tally (key, value) select * from unnest($1::text[], $2::float8[]) "
            "on conflict (key) do update set value = worker_tally.value + excluded.value"
        )
        keys = sorted(since)
        try:
            async with transaction(None):
                await select(sql, keys, [since[key] for key in keys])
        except BaseException:
            for key, value in since.items():
                self._since[key] += value
            raise

    def _add(self, name: str, labels: Mapping[str, str], value: float) -> None:
        if value:
            self._since[name + json.dumps(dict(labels), sort_keys=True)] += value


def _bound(seconds: float) -> str:
    return "+Inf" if seconds == float("inf") else str(seconds)
