"""What every migration after 0036 keeps: the release before runs on the schema it leaves, and it says what the way back is."""

import hashlib
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tortoise import fields
from tortoise.migrations import operations as ops

from palier.foundation.migrating import ROOT, shipped
from palier.foundation.migration_step import Step

RELEASED = json.loads((Path(__file__).parent / "released_migrations.json").read_text())
"""sha256 of the files of the migrations that are out. Add a version's when it is."""

NEW = [name for name in shipped() if name > "0037"]
ADDING = (ops.CreateModel, ops.AddField, ops.AddIndex, ops.AddConstraint, ops.RunSQL, ops.RunPython)


def step(name: str) -> Step:
    """A migration as it is run."""
    return import_module(f"migrations.{name}").Migration(name, "palier")


def told_of(name: str) -> str:
    """What a migration says of itself: its docstring and its `way_back`."""
    return f"{import_module(f'migrations.{name}').__doc__} {step(name).way_back}"


def says_no_way_back(told: str) -> bool:
    """Whether it leaves open what somebody does who regrets it."""
    return "way back" not in told


def breaks_the_release_before(migration: Step) -> list[str]:
    """Operations under which code that knows nothing of them would fail; a migration that may says since when in `contracts`."""
    if migration.contracts:
        return []
    made = {each.name for each in migration.operations if isinstance(each, ops.CreateModel)}
    return [
        each.describe() for each in migration.operations
        if not isinstance(each, ADDING) or _cannot_be_left_out(each, made) or _locks_writers_out(each, made)
    ]  # fmt: skip


def _cannot_be_left_out(each: ops.Operation, made: set[str]) -> bool:
    """A column of an older table that old code, which does not name it, could not insert a row without."""
    if not isinstance(each, ops.AddField) or each.model_name in made or each.field.null:
        return False
    field = each.field
    return not field.has_db_default() and not isinstance(field, fields.relational.ManyToManyFieldInstance)


def _locks_writers_out(each: ops.Operation, made: set[str]) -> bool:
    """An index on an older table, built while nobody may write to it: say `concurrently` in SQL instead."""
    return isinstance(each, ops.AddIndex) and each.model_name not in made


def complaints(migration: Step) -> list[str]:
    """What squawk says of its SQL. It is told which tables are new, for nobody uses those yet."""
    tables = [each.options["table"] for each in migration.operations if isinstance(each, ops.CreateModel)]
    script = [f'create table "{table}" (id uuid not null);' for table in tables]
    script += [each.sql if isinstance(each.sql, str) else ";\n".join(each.sql) + ";" for each in migration.operations if isinstance(each, ops.RunSQL)]  # fmt: skip
    return lint("\n".join(script), whole=migration.atomic)


def lint(script: str, *, whole: bool = True) -> list[str]:
    """The rules of squawk that a script breaks, `whole` in one transaction."""
    program = [
        str(Path(sys.executable).parent / "squawk"),
        "--config",
        str(ROOT / ".squawk.toml"),
        "--reporter",
        "json",
    ]
    ended = subprocess.run(
        [*program, *(["--assume-in-transaction"] if whole else []), "--stdin-filepath", "migration.sql"],
        input=script, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [f"{found['rule_name']}, line {found['line'] + 1}" for found in json.loads(ended.stdout)]


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_file_is_what_it_was(name: str):
    assert hashlib.sha256((ROOT / "migrations" / name).read_bytes()).hexdigest() == RELEASED[name]


@pytest.mark.parametrize("name", NEW)
def test_a_new_migration_says_its_way_back(name: str):
    assert not says_no_way_back(told_of(name)), "say what the way back is: docs/decisions/0027"


@pytest.mark.parametrize("name", NEW)
def test_the_release_before_runs_on_what_a_new_migration_leaves(name: str):
    assert breaks_the_release_before(step(name)) == []


@pytest.mark.parametrize("name", NEW)
def test_squawk_finds_nothing_in_a_new_migration(name: str):
    assert complaints(step(name)) == []


class Careless(Step):
    """All that is refused."""

    operations = [  # noqa: RUF012  (as migrations write it)
        ops.AddField(model_name="Session", name="colour", field=fields.CharField(max_length=9)),
        ops.RemoveField(model_name="Session", name="user_agent"),
        ops.RunSQL(
            "alter table session rename column seen_at to looked_at; create index slow on session (seen_at)"
        ),
    ]


class Careful(Step):
    """The same wishes, so that nobody notices."""

    way_back = "Old code never names the column, and that is the way back."
    operations = [  # noqa: RUF012  (as migrations write it)
        ops.AddField(model_name="Session", name="colour", field=fields.CharField(max_length=9, db_default="")),
        ops.CreateModel(name="Hue", fields=[("id", fields.UUIDField(primary_key=True))], options={"table": "hue"}),
        ops.RunSQL("create index hue_id on hue (id)"),
    ]  # fmt: skip


def test_a_careless_migration_is_refused_on_every_count():
    careless = Careless("9999_careless", "palier")
    assert says_no_way_back(f"{Careless.__doc__} {careless.way_back}")
    assert len(breaks_the_release_before(careless)) == 2
    assert complaints(careless) == ["renaming-column, line 1", "require-concurrent-index-creation, line 1"]


def test_a_careful_migration_is_not():
    careful = Careful("9999_careful", "palier")
    assert not says_no_way_back(careful.way_back)
    assert breaks_the_release_before(careful) == []
    assert complaints(careful) == []


def test_an_index_built_beside_the_writers_is_not_in_a_transaction():
    script = "set lock_timeout = 0;\ncreate index concurrently quick on session (seen_at);"
    assert lint(script, whole=False) == []
    assert lint(script) == ["ban-concurrent-index-creation-in-transaction, line 2"]
