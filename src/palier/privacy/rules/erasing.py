"""The erasure of a person or of an organisation as steps over tables, taken from the inventory; and how a pseudonym reads."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from palier.privacy.rules.inventory import Closing, Held, Kind
from palier.privacy.rules.register import INVENTORY

GRACE: Final = timedelta(days=7)
"""Between asking for the deletion of an account and its day."""

CLOSING: Final = timedelta(days=30)
"""The same for an organisation."""

_WORDS = {"fr": "Personne effacée", "en": "Erased person"}


def pseudonym(person: UUID, locale: str) -> str:
    """What stands in the place of a name: the same everywhere for one person, and nothing leads back from it."""
    return f"{_WORDS.get(locale, _WORDS['en'])} {person.hex[-4:].upper()}{person.hex[12:14].upper()}"


def steps_for_a_person(name: str, entries: tuple[Held, ...] = INVENTORY) -> dict[str, Any]:
    """What `erase_person` (migration 0035) is given: `name` is the pseudonym."""
    return {
        "pseudonym": name,
        "people": [
            {"table": entry.table, "column": column.name, "scopes": list(entry.scopes)}
            for entry in entries if entry.scopes
            for column in entry.of(Kind.PERSON) if column.name not in _LISTS
        ],
        "names": [
            {"table": entry.table, "column": column.name, "beside": column.beside}
            for entry in entries for column in entry.of(Kind.NAME) if column.beside
        ],
        "rows": [_drop(entry) for entry in entries if entry.drop and _is_person(entry)],
        "letters": [_drop(entry) for entry in entries if entry.drop and not _is_person(entry)],
        "texts": [
            {"table": entry.table, "columns": columns, "scopes": list(entry.scopes)}
            for entry in entries if (columns := _words_of(entry))
        ],
    }  # fmt: skip


_LISTS = {"tell"}
"""Columns with several people's numbers in a list."""


def _is_person(entry: Held) -> bool:
    return any(column.name == entry.drop for column in entry.of(Kind.PERSON))


def _drop(entry: Held) -> dict[str, str]:
    return {"table": entry.table, "column": entry.drop}


def _words_of(entry: Held) -> list[str]:
    """Columns that are searched for names: not the audit trail's, whose details are erased whole, nor the person's own."""
    if entry.table in ("audit_entry", "person"):
        return []
    return [column.name for column in entry.of(Kind.TEXT, Kind.NAME, Kind.ADDRESS)]


_FIRST = ("evidence_use", "agreement", "answer", "response")
"""Tables whose rows others must not outlive."""


def tables_of_an_organisation(entries: tuple[Held, ...] = INVENTORY) -> list[str]:
    """Tables whose rows go with the organisation, those that lean on others first."""
    gone = [
        entry.table for entry in entries if entry.closing is Closing.GONE and "organisation_id" in entry.names()
    ]  # fmt: skip
    return sorted(gone, key=lambda table: (table not in _FIRST, table))
