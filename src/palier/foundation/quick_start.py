"""How a process that needs the whole house imports it: a third sooner than plainly, and nothing along with it."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_NOTHING: Any = None  # in place of a module: it cannot be imported
_UNWANTED = ("pydantic",)
"""What Tortoise and Litestar load wherever it lies about, for tables and pages described by it. None of ours is."""

LOOKUPS = frozenset(
    {"", "__not", "__in", "__not_in", "__isnull", "__not_isnull", "__gt", "__gte", "__lt", "__lte", "__icontains", "__startswith"}
)  # fmt: skip
"""The ways in which our queries ask for the value of a column. `tests/foundation/test_quick_start.py` looks for others."""


@contextmanager
def quickly() -> Iterator[None]:
    """While this lasts, four things are left undone that the import of a thousand modules pays for in vain.

    The collector: what is imported stays, and looking for rubbish in it takes a fifth of the time. Tortoise, which
    parses the source of every table for comments that would describe its fields: nobody asks it for descriptions. The
    eighteen of its thirty lookups that no query of ours uses, each written down for each of a thousand columns. And
    libraries that others would take along. The last two are fifteen megabytes in each process.
    """
    unwanted = [name for name in _UNWANTED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unwanted, _NOTHING))
    models: Any = import_module("tortoise.models")
    reads, looks_up = models._get_comments, models.get_filters_for_field
    models._get_comments = _none
    models.get_filters_for_field = lambda **column: _used(column["field_name"], looks_up(**column))
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        models._get_comments, models.get_filters_for_field = reads, looks_up
        for name in unwanted:
            del sys.modules[name]


def _none(cls: type[Any]) -> dict[str, str]:
    return {}


def _used(column: str, lookups: dict[str, Any]) -> dict[str, Any]:
    return {name: how for name, how in lookups.items() if name.removeprefix(column) in LOOKUPS}
