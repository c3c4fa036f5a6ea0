"""Running migrations beside a product that is being used: each is whole or not there, and none makes others wait.

A migration that changes a table needs a lock which everybody's statements queue behind, even while it only waits for it. So it
waits a second at most, lets go of all it had, and tries again a little later; web requests wait four seconds for theirs.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.migrations import Migration
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget, PlanStep
from tortoise.migrations.graph import MigrationGraph, MigrationKey
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

log = logging.getLogger(__name__)

LOCK_TIMEOUT = "1s"  # less than the four seconds a request waits for a lock: nobody is refused because of us
STATEMENT_TIMEOUT = "10min"
TRIES = 60
PAUSE = 1.0  # seconds between two tries: those who queued behind us go first

_IN_THE_WAY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


async def run(config: dict[str, Any], target: str = "") -> None:
    """Apply what is pending, in order, up to the migration `target`. What was applied stays when a later one cannot be.

    Raises what PostgreSQL says: a lock that was never free is asyncpg.LockNotAvailableError, or its cause.
    """
    for given in config["connections"].values():
        _prepare(given["credentials"])
    await Tortoise.init(config=config, init_connections=False)
    targets = [MigrationTarget("palier", target)] if target else None
    for left in reversed(range(TRIES)):
        try:
            await _Executor(get_connection("default"), config["apps"]).migrate(targets)
        except (OperationalError, *_IN_THE_WAY) as error:
            if not left or not _was_in_the_way(error):
                raise
            log.warning("somebody uses what a migration changes; trying again")
            await asyncio.sleep(PAUSE)
        else:
            return


def _prepare(credentials: dict[str, Any]) -> None:
    """One session, so that what a migration sets for itself stays with it, and the limits on its patience."""
    credentials |= {"minsize": 1, "maxsize": 1}
    credentials["server_settings"] |= {
        "application_name": "palier migrate",
        "lock_timeout": LOCK_TIMEOUT,
        "statement_timeout": STATEMENT_TIMEOUT,
    }


def _was_in_the_way(error: BaseException) -> bool:
    return isinstance(error, _IN_THE_WAY) or isinstance(error.__cause__, _IN_THE_WAY)


class _Executor(MigrationExecutor):
    """Tortoise's, which notes a migration after its transaction; a process that ended in between would apply it twice."""

    def __init__(self, connection: Any, apps: dict[str, dict[str, Any]]) -> None:
        super().__init__(connection, apps)
        self.recorder = _Written(connection)
        self.loader.recorder = self.recorder

    def _migration_plan(
        self, targets: Iterable[MigrationTarget] | None, applied: set[MigrationKey], graph: MigrationGraph
    ) -> list[PlanStep]:
        plan = super()._migration_plan(targets, applied, graph)
        return [PlanStep(_Whole(step.migration), step.backward) for step in plan]


class _Written(MigrationRecorder):
    """The list of what was applied, in which `_Whole` has written already."""

    async def record_applied(self, app: str, name: str) -> None:
        """Nothing."""


class _Whole(Migration):
    """A migration that is noted in the transaction in which it happens."""

    def __init__(self, migration: Migration) -> None:
        super().__init__(migration.name, migration.app_label)
        self._migration = migration
        self.atomic = migration.atomic

    async def apply(
        self,
        state: State,
        *,
        dry_run: bool = False,
        schema_editor: BaseSchemaEditor | None = None,
        collect_sql: bool = False,
    ) -> State:
        """Apply it, and note it unless this is only a rehearsal."""
        after = await self._migration.apply(
            state, dry_run=dry_run, schema_editor=schema_editor, collect_sql=collect_sql
        )
        if schema_editor and not dry_run and not collect_sql:
            await MigrationRecorder(schema_editor.client).record_applied(self.app_label, self.name)
        return after
