"""The connection, the list of stores, and the two ways to talk to PostgreSQL: `reading` and `transaction`.

Every pooled connection is read-only by default and acts as a role without BYPASSRLS. `reading(actor)` and
`transaction(actor)` say for whom the next statements run; row-level security then hides every other tenant's rows,
as a second net under queries that already start from the actor.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from palier.foundation import presumed, watch
from palier.foundation.actor import Actor, NetworkActor, OnDuty, Person, StaffActor

STORES = [
    "palier.foundation.store",
    "palier.accounts.store",
    "palier.entitlements.store",
    "palier.network.store",
    "palier.affiliations.store",
    "palier.single_sign_on.store",
    "palier.billing.store",
    "palier.network.mandates",
    "palier.questionnaires.store",
    "palier.respondents.store",
    "palier.evidence.store",
    "palier.assessments.store",
    "palier.mirrors.store",
    "palier.benchmarks.store",
    "palier.practices.store",
    "palier.conversations.store",
    "palier.action_plans.store",
    "palier.reports.store",
    "palier.structures.store",
    "palier.association.store",
    "palier.privacy.store",
    "palier.platform.store",
]

WEB, WORKER = "palier_web", "palier_worker"
"""The database roles of the two processes. Neither owns a table nor bypasses row-level security."""


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Somebody who holds a mailed link: may see the one row with its fingerprint, before they belong anywhere."""

    fingerprint: str


Tenant = Actor | NetworkActor | StaffActor | Person | OnDuty | LinkHolder | None

only_reading: ContextVar[bool] = ContextVar("only reading", default=False)
"""True while a GET is answered: opening a transaction is then a fault of ours (docs/architecture.md#manners)."""


_asked: ContextVar[dict[Hashable, Any] | None] = ContextVar("asked in this reading", default=None)

Answer = TypeVar("Answer")


class WriteWhileReading(RuntimeError):
    """A GET tried to write. Move the write behind a form."""


_prologue: ContextVar[str] = ContextVar("what the next transaction begins with", default="")


class _Connection(asyncpg.Connection):
    """A connection without the two round trips that buy nothing.

    It is not reset on release, for we only ever SET LOCAL; and a transaction says for whom it runs while it begins.
    Each statement is told to whoever watches.
    """

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        if args:
            status: str = await super().execute(query, *args, **options)
            return status  # counted below
        begun = query + _prologue.get() if query == "BEGIN;" else query
        began = perf_counter()
        try:
            status = await super().execute(begun, **options)
        finally:
            watch.noted(begun, began)
        return status

    async def _execute(self, query: str, *args: Any, **options: Any) -> Any:
        """What every fetch, and every statement with values, comes down to in asyncpg."""
        began = perf_counter()
        try:
            return await super()._execute(query, *args, **options)
        finally:
            watch.noted(query, began)

    async def _executemany(self, query: str, *args: Any, **options: Any) -> Any:
        began = perf_counter()
        try:
            return await super()._executemany(query, *args, **options)
        finally:
            watch.noted(query, began)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What row-level security reads."""

    organisation: UUID | None = None
    person: UUID | None = None
    network: UUID | None = None
    link: str = ""  # fingerprint of a mailed link: opens exactly the row it names
    staff: UUID | None = None  # the session of somebody of the platform's staff; the database judges it anew

    def sql(self) -> str:
        """One statement that sets them for this transaction. Only UUIDs and hexadecimal digits enter the text."""
        link = self.link if self.link.isalnum() else ""
        pairs = (
            ("org", self.organisation),
            ("person", self.person),
            ("network", self.network),
            ("link", link),
            ("staff", self.staff),
        )
        return "select " + ", ".join(
            f"set_config('app.{name}', '{value or ''}', true)" for name, value in pairs
        )


def _scope(tenant: Tenant) -> _Scope:
    match tenant:
        case Actor(visit_id=None):
            return _Scope(tenant.organisation_id, tenant.person_id)
        case Actor():
            return _Scope(tenant.organisation_id, tenant.person_id, staff=tenant.person.session_id)
        case StaffActor():
            return _Scope(person=tenant.person_id, staff=tenant.person.session_id)
        case NetworkActor():
            return _Scope(person=tenant.person_id, network=tenant.network_id)
        case Person():
            return _Scope(person=tenant.person_id)
        case OnDuty():
            return _Scope(tenant.organisation_id, network=tenant.network_id)
        case LinkHolder():
            return _Scope(link=tenant.fingerprint)
        case None:
            return _Scope()


def credentials(url: str, role: str | None = None, **pool: int) -> dict[str, Any]:
    """What Tortoise needs to connect to `url` (postgres://user:password@host:port/name or ?host=/socket/dir) as `role`."""
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    settings = {"application_name": role or "palier", "timezone": "UTC"}
    if role:
        settings |= {"default_transaction_read_only": "on", "statement_timeout": "30s", "lock_timeout": "4s"}
    if role in (WEB, WORKER):
        # A transaction that waits for its own process holds its locks for nothing: a job may compute meanwhile, a page not.
        settings |= {"role": role, "idle_in_transaction_session_timeout": "30s" if role == WEB else "10min"}
    return {
        "host": options.get("host") or parts.hostname,
        "port": int(options.get("port") or parts.port or 5432),
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": parts.path.lstrip("/") or "palier",
        "connection_class": _Connection,
        "server_settings": settings,
        "minsize": pool.get("minsize", 1),
        "maxsize": pool.get("maxsize", 20),
    } | ({"ssl": options["sslmode"]} if "sslmode" in options else {})


def configuration(url: str, role: str | None = None, **pool: int) -> dict[str, Any]:
    """The Tortoise configuration of a process that acts as `role`."""
    return {
        "connections": {
            "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials(url, role, **pool)}
        },
        "apps": {"palier": {"models": STORES, "default_connection": "default", "migrations": "migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(url: str, role: str, **pool: int) -> TortoiseContext:
    """Open the process's pool. Visible to every task, whichever context it was created in."""
    logging.getLogger("asyncpg.pool").setLevel(
        logging.ERROR
    )  # a screenful for every try while the database restarts
    return await Tortoise.init(config=configuration(url, role, **pool), _enable_global_fallback=True)


async def disconnect() -> None:
    """Close the pool."""
    await Tortoise.close_connections()


def connection() -> BaseDBAsyncClient:
    """The current transaction's connection, for the hot paths written in SQL."""
    return get_connections().get("default")


async def select(sql: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a parametrised statement ($1, $2, ...) in the current transaction."""
    return await connection().execute_query_dict(sql, list(values))


async def look(sql: str, *values: object) -> Mapping[str, Any] | None:
    """The first row of a statement that needs nobody's view: on a pooled connection that cannot write, without the ORM."""
    async with get_connections().get("default").acquire_connection() as pooled:
        row: Mapping[str, Any] | None = await pooled.fetchrow(sql, *values)
    return row


async def carry_out(call: str, *values: object) -> Mapping[str, Any]:
    """What a procedure answers that is a transaction of its own, said and committed in one round trip.

    The procedure says itself that it writes and for whom (`save_answer_now` in SQL). Its first four parameters are who is
    presumed to come in, which it looks at first; where it is not so, it does nothing and answers null. It is committed when
    this returns; when this raises, nothing of it stands, or, where the connection broke, nobody knows. Raises
    WriteWhileReading while a GET is answered, Unproved, and InvalidTransactionTerminationError inside another transaction.
    """
    if only_reading.get():
        raise WriteWhileReading
    row = await look(call, *presumed.claim(), *values)
    assert row is not None  # noqa: S101  (a procedure with something to say answers one row)
    if None in row.values():
        raise presumed.Unproved
    presumed.prove()
    return row


def pool_use() -> tuple[int, int, int]:
    """How many connections of this process's pool are used and idle, and how many there may be."""
    pool = getattr(get_connections().get("default"), "_pool", None)
    if pool is None:
        return 0, 0, 0
    idle: int = pool.get_idle_size()
    return pool.get_size() - idle, idle, pool.get_max_size()


async def stream(sql: str, *values: object, ahead: int = 2_000) -> AsyncIterator[Mapping[str, Any]]:
    """The rows of `sql` one after the other, from a cursor of the current transaction: `ahead` of them are in memory."""
    async for row in connection()._connection.cursor(sql, *values, prefetch=ahead):
        yield row


@asynccontextmanager
async def _scoped(prologue: str) -> AsyncIterator[BaseDBAsyncClient]:
    presumed.check_proved()
    handler = get_connections()
    before = handler._storage_var.get()
    said = _prologue.get()
    _prologue.set(prologue)
    try:
        async with in_transaction("default") as opened:
            _prologue.set(said)
            yield opened
    finally:
        _prologue.set(said)
        # A BEGIN that failed (database restarting) would leave its dead client behind and poison this task.
        if handler._storage_var.get() is not before:
            handler._storage_var.set(before)


@asynccontextmanager
async def reading(tenant: Tenant) -> AsyncIterator[BaseDBAsyncClient]:
    """A read-only transaction that sees what `tenant` may see."""
    before = _asked.get()
    _asked.set({})
    try:
        async with _scoped(f"set transaction read only; {_scope(tenant).sql()}") as opened:
            yield opened
    finally:
        _asked.set(before)


async def once(key: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """What `ask` answers, asked once in a `reading` however many parts of the page want it; elsewhere every time."""
    known = _asked.get()
    if known is None:
        return await ask()
    if key not in known:
        known[key] = await ask()
    answer: Answer = known[key]
    return answer


@asynccontextmanager
async def acting_for(tenant: Tenant) -> AsyncIterator[None]:
    """Inside a transaction made for nobody: what `tenant` may see, then nobody's view again."""
    await select(_scope(tenant).sql())
    yield
    await select(_scope(None).sql())


@asynccontextmanager
async def transaction(tenant: Tenant) -> AsyncIterator[BaseDBAsyncClient]:
    """One all-or-nothing change made for `tenant`. Raises WriteWhileReading while a GET is answered."""
    if only_reading.get():
        raise WriteWhileReading
    async with _scoped(f"set transaction read write; {_scope(tenant).sql()}") as opened:
        yield opened


async def one_at_a_time(what: str) -> None:
    """Wait for every other transaction that said the same word, and make the next ones wait until this one ends."""
    await select("select pg_advisory_xact_lock(hashtextextended($1, 0))", what)
