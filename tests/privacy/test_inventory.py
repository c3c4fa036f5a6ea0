"""Every column of the database is named in the inventory, with what it holds and what becomes of it."""

from typing import Any

from palier.privacy.rules.inventory import Kind, missing
from palier.privacy.rules.register import INVENTORY

SCHEMA = (
    "select table_name, array_agg(column_name::text) as columns from information_schema.columns "
    "where table_schema = 'public' group by table_name"
)
TEXTUAL = (
    "select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public' "
    "and data_type in ('text', 'character varying', 'jsonb', 'bytea')"
)


async def test_every_column_has_a_class(owner: Any) -> None:
    schema = {row["table_name"]: set(row["columns"]) for row in await owner.fetch(SCHEMA)}
    assert missing(INVENTORY, schema) == []


def test_a_column_nobody_thought_of_is_told_with_what_to_do() -> None:
    known = {entry.table: set(entry.names()) for entry in INVENTORY}
    said = missing(INVENTORY, known | {"person": known["person"] | {"shoe_size"}, "hobby": {"id"}})
    assert said == [
        "hobby.id has no class: say in palier/privacy/rules what it holds, whose it is and what becomes of it",
        "person.shoe_size has no class: say in palier/privacy/rules what it holds, whose it is and what becomes of it",
    ]


def test_no_column_is_named_twice_and_names_stand_beside_real_columns() -> None:
    for entry in INVENTORY:
        assert len(entry.columns) == len(entry.names()), entry.table
        assert {column.beside for column in entry.columns if column.beside} <= entry.names(), entry.table
        assert not entry.drop or entry.drop in entry.names(), entry.table
        assert entry.purpose, entry.table


async def test_what_is_called_a_number_or_a_person_is_no_text(owner: Any) -> None:
    textual = {row["name"] for row in await owner.fetch(TEXTUAL)}
    people = {f"{entry.table}.{column.name}" for entry in INVENTORY for column in entry.of(Kind.PERSON)}
    assert people & textual <= {"report.tell"}
