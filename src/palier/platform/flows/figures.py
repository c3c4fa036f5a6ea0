"""What `/metrics` says besides what processes counted: the queue, the worker, the disk, the last backup."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from palier.foundation.backup_note import last_backup
from palier.foundation.clock import now
from palier.foundation.database import reading, select
from palier.foundation.figure import Figure
from palier.foundation.tallying import FAMILIES
from palier.platform.flows.readiness import free_bytes

# A job that was asked for at once has no hour of its own: its first event says when that was.
_QUEUE = (
    "select j.task_name as job, j.status::text as status, count(*) as number, extract(epoch from now() - "
    "min(case when j.status = 'todo' then coalesce(j.scheduled_at, (select min(e.at) from procrastinate_events e where e.job_id = j.id)) "
    "end))::float8 as oldest from procrastinate_jobs j where j.status in ('todo', 'doing', 'failed') group by 1, 2"
)
_STATES = {"todo": "waiting", "doing": "doing", "failed": "given_up"}


async def figures(data_directory: Path) -> list[Figure]:
    """Everything known at this moment. A database that is away is a figure too, and leaves the rest out."""
    found = await asyncio.to_thread(lambda: list(_here(data_directory)))
    try:
        async with reading(None):
            queue = await select(_QUEUE)
            beat = await select("select max(at) as at from heartbeat")
            tally = await select("select key, value from worker_tally order by key")
    except Exception:  # noqa: BLE001  (whatever goes wrong with it, it does not answer)
        return [*found, _answers(0)]
    if (last := beat[0]["at"]) is not None:
        seconds = (now() - last).total_seconds()
        found.append(
            Figure("palier_worker_heartbeat_age_seconds", "gauge", "Since a worker was last alive", seconds)
        )
    return [*found, _answers(1), *_queue(queue), *sorted(map(_counted, tally), key=_place)]


def _here(data_directory: Path) -> Iterator[Figure]:
    free = free_bytes(data_directory)
    yield Figure("palier_disk_free_bytes", "gauge", "Room on the disk of the data directory", free)
    if note := last_backup(data_directory):
        age = (now() - note.made_at).total_seconds()
        yield Figure(
            "palier_backup_age_seconds", "gauge", "Since the moment the last verified backup shows", age
        )
        yield Figure("palier_backup_bytes", "gauge", "Size of the last verified backup", note.size)


def _answers(value: int) -> Figure:
    return Figure("palier_database_up", "gauge", "Whether the database answers", value)


def _queue(rows: list[dict[str, Any]]) -> Iterator[Figure]:
    for row in rows:
        labels = {"job": row["job"], "state": _STATES[row["status"]]}
        yield Figure("palier_queue_jobs", "gauge", "Jobs in the queue", row["number"], labels)
    for row in rows:
        if row["oldest"] is not None:  # one that is due later is younger than nothing
            yield Figure(
                "palier_queue_oldest_seconds", "gauge", "How long the job that is due longest has waited",
                max(0.0, row["oldest"]), {"job": row["job"]},
            )  # fmt: skip


def _counted(row: dict[str, Any]) -> Figure:
    """A row of the workers' table: `palier_jobs_total{"job": "mail.deliver", "outcome": "done"}`."""
    name, _, labels = row["key"].partition("{")
    family = next((one for one in FAMILIES if name.startswith(one) and _ending(name, one)), name)
    kind, says = FAMILIES.get(family, ("gauge", "What a worker of another version counted"))
    return Figure(family, kind, says, row["value"], json.loads("{" + labels), name)


def _place(figure: Figure) -> tuple[object, ...]:
    """Buckets stand in the order of their bounds."""
    labels = [(name, value) for name, value in sorted(figure.labels.items()) if name != "le"]
    return figure.name, labels, float(figure.labels.get("le", "0"))


def _ending(name: str, family: str) -> bool:
    return name.removeprefix(family) in ("_total", "_bucket", "_sum", "_count")
