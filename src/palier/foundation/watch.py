"""What is being done, and who is told of it: one request or one job, its number, its statements, what is counted.

Knows no library. `metrics`, `tallying` and `tracing` are `Watcher`s that a setting adds; without one nothing is counted.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import Any

from palier.foundation.figure import Figure

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9a-fA-F-]{16,64}")
"""What a proxy in front may call a request: hexadecimal digits, in which nobody's name can be written."""

_LONGEST_STATEMENT = 2_000
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w$])\d+(?:\.\d+)?\b")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""The route of an address that nobody claims: labels and lines never hold what somebody typed."""


class Kind(StrEnum):
    """What is being done."""

    REQUEST = "request"
    JOB = "job"


@dataclass(slots=True)
class Work:
    """One request or one job, while it is being done. `number` names it in every line, job and answer that follows.

    `name` is the job's; a request's is its route's template, known once the router has looked (`route`). `seconds` were
    spent waiting for the database. `trace` is what a job is handed on of a trace (a W3C traceparent).
    """

    number: str
    kind: Kind = Kind.REQUEST
    name: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)
    statements: int = 0
    seconds: float = 0.0
    trace: str = ""
    span: Any = None

    @property
    def discreet(self) -> bool:
        """Whether nothing but the number may be told: answers that were promised to leave no mark."""
        return bool(getattr(self.scope.get("route_handler"), "opt", {}).get("unwatched"))

    @property
    def route(self) -> str:
        """The template of the address, such as `/o/{org}/e/{assessment}`, never the address; or the job's name."""
        if self.kind is Kind.JOB:
            return self.name
        template = "" if self.discreet else str(self.scope.get("path_template") or "")
        return OTHER if template in ("", "/{path}") else template

    @property
    def method(self) -> str:
        """The request's method, where it is one of HTTP's."""
        said = str(self.scope.get("method", ""))
        return said if said in METHODS else OTHER

    @property
    def organisation(self) -> str:
        """The id of the organisation the request is about, once the entrance knows it."""
        actor = None if self.discreet else self.scope.get("state", {}).get("actor")
        return str(actor.organisation_id) if actor is not None else ""


class Watcher:
    """Somebody who is told. Every method does nothing until it is given something to do; none may fail or wait."""

    def begins(self, work: Work) -> None:
        """A request or a job begins."""

    def ends(self, work: Work, outcome: str, seconds: float) -> None:
        """It is over: `outcome` is the status of the answer ("200") or of the job ("done", "failed")."""

    def counts(self, name: str, labels: Mapping[str, str]) -> None:
        """Something happened that is worth counting; `COUNTED` says what it is called."""

    def statement(self, work: Work | None, sql: str, seconds: float) -> None:
        """The database answered a statement."""

    def pool(self, used: int, idle: int, most: int) -> None:
        """How the connections of this process's pool are used at this moment."""

    def text(self, besides: Iterable[Figure]) -> bytes | None:
        """Everything that was counted, and `besides`, for whoever keeps figures; None from who does not count."""
        return None

    async def keep(self) -> None:
        """Every few seconds in the worker, and when it ends: write down what was counted. May fail and wait."""

    def close(self) -> None:
        """This process ends."""


COUNTED = {
    "saves": ("Saves of an answer by how they ended", ("outcome",)),
    "sign_ins": ("Sign-ins by password by how they ended", ("outcome",)),
    "mails": ("Tries to hand a message to the mail server", ("outcome",)),
    "documents": ("Documents by kind and how their making ended", ("kind", "outcome")),
    "slow_statements": ("Statements slower than PALIER_SLOW_QUERY_MS", ("process",)),
}
"""Whatever `count` counts, besides requests and jobs: what it is, and its labels, each of few values known beforehand."""

current: ContextVar[Work | None] = ContextVar("what is being done", default=None)
watchers: list[Watcher] = []


@dataclass(slots=True)
class Wishes:
    """What this process ("web", "worker") writes lines about: statements of so many seconds (0: none), every request."""

    process: str = "web"
    slow: float = 0.0
    access: bool = False


wishes = Wishes()


def number_of(given: str) -> str:
    """The number a request came with, where it is one; else a new one."""
    return given.lower() if _NUMBER.fullmatch(given) else secrets.token_hex(8)


def number() -> str:
    """The number of what is being done, or nothing."""
    work = current.get()
    return work.number if work else ""


def count(name: str, **labels: str) -> None:
    """Tell whoever counts that something of `COUNTED` happened."""
    _tell("counts", name, labels)


def _tell(what: str, *facts: object) -> None:
    """Whoever fails while being told is told no more: watching never stands in the way of what is watched."""
    for watcher in watchers[:]:
        try:
            getattr(watcher, what)(*facts)
        except Exception:
            watchers.remove(watcher)
            log.exception("%s watches no more", type(watcher).__name__)


@contextmanager
def doing(work: Work) -> Iterator[Callable[[str], None]]:
    """Watch one request or job until the block ends; what is yielded is told how it ended ("failed" otherwise)."""
    outcome = "failed"

    def ended(how: str) -> None:
        nonlocal outcome
        outcome = how

    before = current.set(work)
    began = perf_counter()
    _tell("begins", work)
    try:
        yield ended
    finally:
        seconds = perf_counter() - began
        _tell("ends", work, outcome, seconds)
        current.reset(before)


def noted(sql: str, began: float) -> None:
    """A statement that began at `began` (`perf_counter`) has been answered, or refused."""
    seconds = perf_counter() - began
    work = current.get()
    if work is not None:
        work.statements += 1
        work.seconds += seconds
    if wishes.slow and seconds >= wishes.slow:
        count("slow_statements", process=wishes.process)
        if work is None or not work.discreet:
            log.warning("slow statement, %d ms: %s", seconds * 1000, without_values(sql))
    if watchers:
        _tell("statement", work, sql, seconds)


def without_values(sql: str) -> str:
    """The text of a statement on one line, its literals gone: the few that are written out name somebody's rows."""
    return _LITERAL.sub("?", " ".join(sql.split()))[:_LONGEST_STATEMENT]
