"""A migration that does not copy what it does not need.

Before each operation Tortoise copies the models as they stood, rendered anew: a tenth of a second each, once for every
table and column there is. Only operations that change or take away look at the copy; those that add never do.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

_ADDING = (ops.CreateModel, ops.AddField, ops.AddIndex, ops.AddConstraint, ops.RunSQL)


class Step(migrations.Migration):
    """What a migration from 0003 on is: as Tortoise's, and several times faster on an empty database."""

    async def apply(
        self,
        state: State,
        *,
        dry_run: bool = False,
        schema_editor: BaseSchemaEditor | None = None,
        collect_sql: bool = False,
    ) -> State:
        """Bring `state` and the database forward, one operation after another."""
        if dry_run or collect_sql or schema_editor is None:
            return await super().apply(
                state, dry_run=dry_run, schema_editor=schema_editor, collect_sql=collect_sql
            )
        transactions = schema_editor.client.capabilities.supports_transactions
        for operation in self.operations:
            before = state if isinstance(operation, _ADDING) else state.clone()
            operation.state_forward(self.app_label, state)
            await self._run_database_forward(operation, before, state, schema_editor, transactions)
        state.validate_relations_initialized()
        return state
