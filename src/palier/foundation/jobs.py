"""Work done later by the worker: asked for inside a transaction, done at least once, so every job is idempotent."""

import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from palier.foundation import watch
from palier.foundation.database import WORKER, credentials, select, transaction
from palier.foundation.later import Later

if TYPE_CHECKING:
    import procrastinate
else:
    procrastinate = Later("procrastinate")  # only the worker's: a page that asks for work writes a row

log = logging.getLogger(__name__)
Handler = Callable[..., Awaitable[None]]
HOUR = 3600
"""Seconds: the longest pause between two tries."""

UNKNOWN_PAUSE = 15
"""Seconds until a job of an unknown kind is looked at again: its own workers have usually taken it by then."""

_REQUEST, _TRACE = "_request", "_trace"
"""What a job's arguments say besides: which request asked for it. No handler ever sees them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work. `attempts` counts the first try; `cron` makes it periodic (UTC).

    `tries` says how many tries an error is worth, where it is not the same for all. `close` lets go of what the handler
    keeps open between jobs; the worker calls it once, when it stops.
    """

    name: str
    handler: Handler
    attempts: int = 3
    cron: str = ""
    tries: Callable[[BaseException], int] | None = None
    close: Callable[[], Awaitable[None]] | None = None


async def enqueue(
    name: str,
    *,
    once: str | None = None,
    turn: str | None = None,
    at: datetime | None = None,
    **arguments: Any,
) -> None:
    """Ask for a job, in the current transaction: it exists if and only if the transaction commits.

    `once` is a key under which at most one such job may wait; asking again while it waits does nothing. Jobs of one
    `turn` are done one at a time, in the order they were asked for, and keep nobody else's waiting meanwhile.
    """
    if once and await _waits(once):
        return
    told = json.dumps(arguments | _asked_by(), default=str)
    await select("select enqueue_in_turn($1, $2::jsonb, $3, $4, $5)", name, told, once, turn, at)


async def _waits(once: str) -> bool:
    sql = "select 1 from procrastinate_jobs where queueing_lock = $1 and status = 'todo'"
    return bool(await select(sql, once))


async def state_of(once: str) -> str:
    """Where the last job asked for under this key is: "todo", "doing", "failed", ..., or "" once it is done or unknown."""
    sql = "select status::text as status from procrastinate_jobs where queueing_lock = $1 order by id desc limit 1"
    rows = await select(sql, once)
    return str(rows[0]["status"]) if rows else ""


async def under_way(name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs of one kind that wait or are being done."""
    sql = "select args from procrastinate_jobs where task_name = $1 and status in ('todo', 'doing')"
    found = [row["args"] for row in await select(sql, name)]
    told = [json.loads(one) if isinstance(one, str) else one for one in found]
    return [{name: value for name, value in one.items() if name not in (_REQUEST, _TRACE)} for one in told]


def _asked_by() -> dict[str, str]:
    """The number of the request or job that asks, so that all that follows bears it; nothing of what it was."""
    work = watch.current.get()
    if work is None or work.discreet:
        return {}
    return {_REQUEST: work.number} | ({_TRACE: work.trace} if work.trace else {})


def queue(url: str, jobs: list[Job], *, by_the_clock: bool = True) -> "procrastinate.App":
    """The queue on the database at `url`, knowing how to do `jobs`. Open it before use.

    Whoever works on it asks for the periodic ones when they are due, unless not `by_the_clock`.
    """
    # One connection listens, one asks; more are opened by those who wait for one.
    connector = procrastinate.PsycopgConnector(conninfo=_conninfo(url), min_size=1, max_size=4, timeout=5)
    app = procrastinate.App(connector=connector)
    for job in jobs:
        task = app.task(name=job.name, retry=_retry(job), pass_context=True)(_noted(job))
        if job.cron and by_the_clock:
            app.periodic(cron=job.cron)(task)
    app.tasks = _Known(
        app.tasks, app.task(name="jobs.of_another_version", retry=_for_ever(), pass_context=True)(_leave)
    )
    return app


class _Unknown(Exception):
    """A job of a kind that this version has never heard of: while versions change, newer pages ask for newer work."""


class _Known(dict[str, Any]):
    """Our tasks by name; for any other name the one that leaves a job to whoever knows it. The queue itself would fail it."""

    def __init__(self, tasks: dict[str, Any], other: Any) -> None:
        super().__init__(tasks)
        self._other = other

    def __missing__(self, name: str) -> Any:
        return self._other

    def get(self, name: str, default: Any = None) -> Any:
        """As the queue asks: for a name nobody knows there is a task all the same."""
        return self[name]


async def _leave(context: "procrastinate.JobContext", **_arguments: Any) -> None:
    log.warning("job %s is of no kind this version knows; left for a worker that does", context.job.task_name)
    raise _Unknown


def pause_before(job: Job, error: BaseException, attempts: int) -> int | None:
    """The seconds before the next try of a job that failed with `error` after `attempts` tries before; None: it is given up.

    2, 4, 8, ... and an hour at most: what is away for a night is asked all night.
    """
    if attempts >= (job.tries(error) if job.tries else job.attempts):
        return None
    return min(2 ** min(attempts + 1, 20), HOUR)


def _retry(ours: Job) -> Any:
    class Retry(procrastinate.BaseRetryStrategy):
        def get_retry_decision(self, *, exception: BaseException, job: Any) -> Any:
            seconds = pause_before(ours, exception, job.attempts)
            return None if seconds is None else procrastinate.RetryDecision(retry_in={"seconds": seconds})

    return Retry()


def _for_ever() -> Any:
    class ForEver(procrastinate.BaseRetryStrategy):
        def get_retry_decision(self, *, exception: BaseException, job: Any) -> Any:
            return procrastinate.RetryDecision(retry_in={"seconds": UNKNOWN_PAUSE})

    return ForEver()


def _noted(job: Job) -> Handler:
    """The job's handler, watched, which leaves a note when it fails; the queue itself keeps no word of why.

    Periodic jobs are handed the second they were due; ours only look at the database.
    """

    async def handle(context: "procrastinate.JobContext", **arguments: Any) -> None:
        number = watch.number_of(str(arguments.pop(_REQUEST, "")))
        work = watch.Work(number, watch.Kind.JOB, job.name, trace=str(arguments.pop(_TRACE, "")))
        with watch.doing(work) as ended:
            try:
                await job.handler(**({} if job.cron else arguments))
            except Exception as error:
                log.exception("job %s failed", job.name, extra={"outcome": "failed"})
                await _note(context, arguments, error)
                raise
            ended("done")
            log.info("job %s done", job.name, extra={"outcome": "done", "statements": work.statements})

    return handle


async def _note(context: "procrastinate.JobContext", arguments: dict[str, Any], error: Exception) -> None:
    """What kind of error and where in our code; never its words, which may quote what the job was about."""
    sql = "insert into job_failure (job, task, error, place, organisation) values ($1, $2, $3, $4, $5)"
    name = type(error).__name__
    with suppress(Exception):  # the database may be what failed; the queue goes on with the error itself
        async with transaction(None):
            organisation = _identifier(arguments.get("organisation_id") or arguments.get("organisation"))
            await select(sql, context.job.id, context.task.name, name[:200], _place(error), organisation)


def _place(error: Exception) -> str:
    """The innermost line of ours that the error came through: "foundation/mail.py:112"."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/palier/" in frame.filename]
    return f"{frames[-1].filename.rpartition('/palier/')[2]}:{frames[-1].lineno}"[:200] if frames else ""


def _identifier(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _conninfo(url: str) -> str:
    given = credentials(url, WORKER)
    pairs = {"host": given["host"], "port": given["port"], "user": given["user"], "dbname": given["database"]}
    if given["password"]:
        pairs["password"] = given["password"]
    if "ssl" in given:
        pairs["sslmode"] = given["ssl"]
    text = " ".join(
        f"{key}='{str(value).replace(chr(92), chr(92) * 2).replace(chr(39), chr(92) + chr(39))}'"
        for key, value in pairs.items()
        if value
    )
    return f"{text} options='-c role={WORKER}' application_name={quote(WORKER)}"


_RETURN_ABANDONED = """
with abandoned as materialized (
  select id from procrastinate_jobs where status = 'doing' and (worker_id is null or worker_id in (
    select id from procrastinate_workers where last_heartbeat < now() - interval '30 seconds'
  )) for update skip locked
)
select procrastinate_retry_job_v2(id, now(), null, null, null) from abandoned
"""


async def return_abandoned(app: "procrastinate.App") -> int:
    """Put back the jobs of workers that died without a word; how many there were.

    One statement: between a list and the putting back, another worker might have taken the job and be doing it.
    """
    return len(await app.connector.execute_query_all_async(_RETURN_ABANDONED))
