"""Rows of several tables out of one statement written by hand, as the ORM itself would make them.

Putting a query together and taking its rows apart costs the ORM more than the database needs to answer: the statements of
pages that are read all day name the tables themselves. Columns are named one by one, for a migration may add some meanwhile.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from tortoise.models import Model

Row = TypeVar("Row", bound=Model)


@cache
def _named(model: type[Model], alias: str) -> tuple[tuple[str, str], ...]:
    """The columns of a table, each with what it is called in a row that holds several tables."""
    columns = model._meta.fields_db_projection.values()
    return tuple((column, f"{alias}.{column}" if alias else column) for column in columns)


@cache
def columns(model: type[Model], alias: str = "") -> str:
    """What `select` says to have the whole of `model`; `alias` is what the statement calls its table, where it has several."""
    if not alias:
        return ", ".join(f'"{column}"' for column, _ in _named(model, alias))
    return ", ".join(f'{alias}."{column}" as "{name}"' for column, name in _named(model, alias))


def row_in(model: type[Row], found: Mapping[str, Any], alias: str = "") -> Row:
    """The row of `model` in what a statement with its `columns` found."""
    row: Row = model._init_from_db(**{column: found[name] for column, name in _named(model, alias)})
    return row


def row_of(model: type[Row], **found: Any) -> Row:
    """The row of `model` with these columns, all of them given."""
    row: Row = model._init_from_db(**found)
    return row
