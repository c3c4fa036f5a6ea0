"""A migration that does not copy or draw anew what it does not need.

Before each operation Tortoise copies the models as they stood and renders every related model anew, filters and
querysets included: a tenth of a second each, once for every table and column there is. Only operations that change or
take away look at the copy, and nothing in a migration asks a queryset; those that add are told to the models together.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

_ADDING = (ops.CreateModel, ops.AddField, ops.AddIndex, ops.AddConstraint, ops.RunSQL)
_Name = tuple[str, str]


class Step(migrations.Migration):
    """What a migration from 0003 on is: as Tortoise's, and many times faster on an empty database.

    `way_back` (or the docstring) says what the way back is, `contracts` since which version nothing uses what it takes away
    (docs/decisions/0027-old-code-runs-on-the-new-schema.md).
    """

    way_back: str = ""
    contracts: str = ""

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
        for together in _groups(self.operations):
            before = state if isinstance(together[0], _ADDING) else state.clone()
            with _rendered_once(state):
                for operation in together:
                    operation.state_forward(self.app_label, state)
            for operation in together:
                await self._run_database_forward(operation, before, state, schema_editor, transactions)
        state.validate_relations_initialized()
        return state


def _groups(operations: Iterable[ops.Operation]) -> Iterator[list[ops.Operation]]:
    """The operations in their order: those that only add stand together, as long as none adds to a table of its group.

    A table is created with all that its model holds by then, so what is added to it later waits for the next group.
    """
    number, made = 0, set[str]()
    adding_before = False

    def group_of(operation: ops.Operation) -> int:
        nonlocal number, made, adding_before
        adding = isinstance(operation, _ADDING)
        if not adding or not adding_before or getattr(operation, "model_name", None) in made:
            number, made = number + 1, set()
        if isinstance(operation, ops.CreateModel):
            made.add(operation.name)
        adding_before = adding
        return number

    for _, together in groupby(operations, group_of):
        yield list(together)


@contextmanager
def _rendered_once(state: State) -> Iterator[None]:
    """Within: what is to be rendered anew is noted. At the end it is, all together, without querysets."""
    wanted: set[_Name] = set()

    def note(names: Iterable[_Name]) -> None:
        wanted.update(names)

    def note_one(app_label: str, model_name: str) -> None:
        wanted.add((app_label, model_name))

    # Attributes of these two objects alone, so that Tortoise's own classes stay as they are.
    state.reload_models, state.reload_model = note, note_one  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del state.reload_models, state.reload_model
    if wanted:
        state.apps._build_initial_querysets = lambda: None  # type: ignore[method-assign]
        state.reload_models(wanted)
