"""Somebody whose name stands in every column that can hold one, planted by the inventory: a new column is planted unasked."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from palier.foundation.postgres_programs import available_binaries
from palier.privacy.rules.inventory import Column, Held, Kind
from palier.privacy.rules.register import INVENTORY

NAME, EMAIL = "Zébulon O'Quellec-Ürsprüng", "zebulon.quellec@unmistakable.example"
SAID = f"Vu avec {NAME} (zebulon.quellec@unmistakable.example), puis @{NAME}."
TYPES = (
    "select column_name, udt_name, character_maximum_length as longest, is_generated from information_schema.columns "
    "where table_schema = 'public' and table_name = $1"
)
KEYS = (
    "select c.conrelid::regclass::text as on_table, a.attname as by, c.confrelid::regclass::text as to_table from pg_constraint c "
    "join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] where c.contype = 'f'"
)
ELSEWHERE = {
    "person",
    "audit_entry",
    "audit_head",
    "erasure",
    "organisation",
    "tortoise_migrations",
    "procrastinate_jobs",
    "membership",
}
"""Planted otherwise, or not by hand."""


async def plant_everywhere(owner: Any, person: UUID, organisation: UUID, network: UUID) -> list[str]:
    """One row in every table that can hold the name; the tables. Constraints between tables are looked past."""
    ids = {entry.table: uuid4() for entry in INVENTORY} | {
        "organisation": organisation,
        "network": network,
        "person": person,
    }
    known = {"organisation_id": organisation, "network_id": network, "chain": organisation}
    known |= {
        (row["on_table"], row["by"]): ids[row["to_table"]]
        for row in await owner.fetch(KEYS)
        if row["to_table"] in ids
    }
    known |= {(table, "id"): identifier for table, identifier in ids.items()}
    await owner.execute("set session_replication_role = replica")
    planted = [entry.table for entry in INVENTORY if await _plant(owner, entry, person, known)]
    await owner.execute("set session_replication_role = origin")
    return planted


async def _plant(owner: Any, entry: Held, person: UUID, known: dict[Any, UUID]) -> bool:
    if entry.table in ELSEWHERE or entry.purpose == "technical":
        return False
    types = {row["column_name"]: row for row in await owner.fetch(TYPES, entry.table)}
    values = {
        column.name: _value(entry, column, types[column.name], person, known)
        for column in entry.columns if types[column.name]["udt_name"] != "tsvector" and types[column.name]["is_generated"] == "NEVER"
    }  # fmt: skip
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    try:
        await owner.execute(f'insert into "{entry.table}" ({names}) values ({places})', *values.values())
    except Exception as error:
        raise AssertionError(f"{entry.table}: {error}; plant it in tests/privacy/everywhere.py") from error
    return True


FIXED: dict[tuple[str, str], Any] = {
    ("assessment", "state"): "submitted", ("report", "state"): "done", ("parcel", "state"): "done", ("report_preset", "organisation_id"): None,
    ("own_questionnaire", "network_id"): None, ("issued_file", "network_id"): None, ("billing_account", "organisation_id"): None,
    ("billing_account", "network_id"): None, ("subscription", "status"): "canceled", ("entitlement", "organisation_id"): None, ("entitlement", "network_id"): None,
}  # fmt: skip
"""What the table itself insists on."""


def _value(entry: Held, column: Column, of: Any, person: UUID, known: dict[Any, UUID]) -> Any:
    kind = of["udt_name"]
    if (entry.table, column.name) in FIXED:
        return FIXED[entry.table, column.name]
    if column.kind is Kind.PERSON:
        return person if kind == "uuid" else json.dumps([str(person)])
    if kind == "uuid":
        return known.get((entry.table, column.name)) or known.get(column.name, uuid4())
    if column.kind is Kind.NAME:
        return NAME
    if column.kind is Kind.ADDRESS:
        return EMAIL
    if column.kind is Kind.TEXT:
        said = json.dumps({"said": SAID, "by": {str(person): NAME}}) if kind == "jsonb" else SAID
        return said if kind == "jsonb" or len(SAID) <= (of["longest"] or 10_000) else NAME
    return _plain(kind, of["longest"])


def _plain(kind: str, longest: int | None) -> Any:
    simple: dict[str, Any] = {
        "jsonb": "{}",
        "bool": False,
        "bytea": b"",
        "int2": 1,
        "int4": 1,
        "int8": 1,
        "numeric": 1,
    }
    if kind in ("timestamptz", "date"):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if kind in ("varchar", "text"):
        return uuid4().hex[: longest or 20]
    return simple[kind]


def dump_of(url: str) -> str:
    """Everything the database holds, as `pg_dump` tells it."""
    given = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(given.query).items()}
    program = next(
        (one.folder / "pg_dump" for one in available_binaries() if (one.folder / "pg_dump").exists()),
        Path(shutil.which("pg_dump") or "pg_dump"),
    )
    words = [
        str(program),
        "--host",
        options.get("host", given.hostname or ""),
        "--username",
        "postgres",
        given.path.lstrip("/"),
    ]
    return subprocess.run(
        words, check=True, capture_output=True, text=True, env=os.environ | {"TZ": "UTC"}
    ).stdout
