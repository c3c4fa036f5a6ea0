"""Two organisations over and over, with what they hold and the mandates for them; and statements counted."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from palier.foundation import watch

ORGANISATIONS = """
insert into organisation select (jsonb_populate_record(o, jsonb_build_object(
  'id', md5(o.id::text || n)::uuid, 'slug', o.slug || '-' || n, 'name', o.name || ' ' || n))).*
from organisation o cross join generate_series($1::int, $2::int) n where o.slug in ('transports-du-val', 'clinique-du-lac')
"""
ROWS = """
insert into {0} select (jsonb_populate_record(t, jsonb_build_object(
  'id', md5(t.id::text || n)::uuid, 'organisation_id', md5(t.organisation_id::text || n)::uuid) || {1})).*
from {0} t join organisation o on o.id = t.organisation_id cross join generate_series($1::int, $2::int) n
where o.slug in ('transports-du-val', 'clinique-du-lac')
"""
ROUND, PLAN = (
    f"jsonb_build_object('{name}', md5(t.{name}::text || n)::uuid)" for name in ("assessment_id", "plan_id")
)
BELOW = {
    "mandate": "'{}'::jsonb",
    "assessment": "'{}'::jsonb",
    "answer": ROUND,
    "network_member": "'{}'::jsonb",
    "action_plan": ROUND,
    "action": PLAN,
}


async def copy_clients(owner: asyncpg.Connection, first: int, last: int) -> None:
    """Both organisations, what they hold and the mandates for them, over and over."""
    async with owner.transaction():
        await owner.execute("set local session_replication_role = replica")
        await owner.execute(ORGANISATIONS, first, last)
        for table, more in BELOW.items():
            await owner.execute(ROWS.format(table, more), first, last)


class Counting(watch.Watcher):
    """How many statements there were."""

    def __init__(self) -> None:
        self.statements = 0

    def statement(self, work: watch.Work | None, sql: str, seconds: float) -> None:
        self.statements += 1


@contextmanager
def counting() -> Iterator[Counting]:
    listening = Counting()
    watch.watchers.append(listening)
    try:
        yield listening
    finally:
        watch.watchers.remove(listening)
