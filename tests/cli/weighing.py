"""What a page costs the database in rows, by table and by statement: what was read from end to end, and what by an index.

The counters are the database's own and count inside functions and policies too, so that nothing hides from them; what it
says is the same on a slow machine and on a quick one.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from palier.foundation.database import _Connection

_COUNTERS = "select relname, seq_tup_read, coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where seq_tup_read > 0 or idx_tup_fetch > 0"
_Counted = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Read:
    """What one statement read of one table, in rows."""

    statement: str
    table: str
    from_end_to_end: int
    by_index: int

    def __str__(self) -> str:
        words = re.sub(r"\s+", " ", self.statement)[:160]
        return (
            f"{self.table}: {self.from_end_to_end:,} from end to end, {self.by_index:,} by an index: {words}"
        )


@dataclass
class Scales:
    """All that was read since the last `take`."""

    reads: list[Read] = field(default_factory=list)
    statements: int = 0
    before: dict[asyncpg.Connection, _Counted] = field(default_factory=dict)

    def take(self) -> list[Read]:
        taken, self.reads = self.reads, []
        return taken

    def weigh(self, connection: asyncpg.Connection, statement: str, now: _Counted) -> None:
        """Note what `statement` added to the counters of its transaction, which begin anew with every BEGIN."""
        before = {} if statement.startswith("BEGIN") else self.before.get(connection, {})
        self.before[connection] = now
        if statement.startswith("BEGIN"):
            return
        self.statements += 1
        for table, (scanned, fetched) in now.items():
            scanned_before, fetched_before = before.get(table, (0, 0))
            if (scanned, fetched) != (scanned_before, fetched_before):
                self.reads.append(Read(statement, table, scanned - scanned_before, fetched - fetched_before))


@contextmanager
def weighing() -> Iterator[Scales]:
    """Within: every statement of our connections is weighed."""
    scales, asked = Scales(), asyncpg.Connection._execute
    executed = _Connection.execute

    async def count(connection: asyncpg.Connection) -> _Counted:
        rows = await asked(connection, _COUNTERS, (), 0, None)
        return {row[0]: (row[1], row[2]) for row in rows}

    def listening(ask: Callable[..., Any]) -> Callable[..., Any]:
        async def listen(
            connection: asyncpg.Connection, statement: str, *values: object, **options: Any
        ) -> Any:
            answer = await ask(connection, statement, *values, **options)
            if connection.is_in_transaction():
                scales.weigh(connection, statement, await count(connection))
            return answer

        return listen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg.Connection, "_execute", listening(asked))
        patch.setattr(_Connection, "execute", listening(executed))
        yield scales
