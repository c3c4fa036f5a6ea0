"""What every column of the database holds, whose it is, and what becomes of it: one entry for each table.

The tests compare the entries with the real schema, the erasure of a person and of an organisation is carried out by them,
the export takes its tables from them, and the record of processing is written from them (docs/privacy.md).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds."""

    PLAIN = "not personal"
    TECHNICAL = "technical"
    PERSON = "who: the number of a person"
    ABOUT = "about the person of the row"
    NAME = "a person's name"
    ADDRESS = "an e-mail address"
    TEXT = "free text that may name people"
    SEALED = "text under a hash that may not change: nobody is named in it"
    BYTES = "a file's bytes"
    LEGAL = "kept by law as it was issued"
    SECRET = "secret"  # noqa: S105  (what it is called, none itself)


class Owner(StrEnum):
    """Whose rows a table holds, and so who decides about them."""

    PERSON = "person"
    ORGANISATION = "organisation"
    NETWORK = "network"
    PLATFORM = "platform"


class Closing(StrEnum):
    """What becomes of a table's rows when the organisation they belong to is erased."""

    GONE = "erased"
    HASHES = "details erased, the hashes stay"
    SEALED = "the place in a sealed batch stays, without a score"
    NETWORKS = "the network's own record stays"
    KEPT_BY_LAW = "stays for as long as the law says, and belongs to nobody"
    NOT_ITS = "not the organisation's"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `beside` names the column that says whose name it is, where there is one."""

    name: str
    kind: Kind
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """One table. `drop` names the column by which a person's rows are deleted with them, else the rows stay pseudonymised."""

    table: str
    owner: Owner
    columns: tuple[Column, ...]
    drop: str = ""
    closing: Closing = Closing.GONE
    purpose: str = ""

    def of(self, *kinds: Kind) -> tuple[Column, ...]:
        """Its columns of these kinds."""
        return tuple(column for column in self.columns if column.kind in kinds)

    def names(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(column.name for column in self.columns)

    @property
    def personal(self) -> bool:
        """Whether it may hold anything about anybody."""
        return bool({column.kind for column in self.columns} - {Kind.PLAIN, Kind.TECHNICAL, Kind.SEALED})

    @property
    def scopes(self) -> tuple[str, ...]:
        """The columns that say which organisation or network a row belongs to."""
        return tuple(name for name in ("organisation_id", "network_id", "chain") if name in self.names())


_KINDS = {
    "people": Kind.PERSON, "about": Kind.ABOUT, "names": Kind.NAME, "mails": Kind.ADDRESS, "texts": Kind.TEXT,
    "sealed": Kind.SEALED, "legal": Kind.LEGAL, "bytes_": Kind.BYTES,
    "secrets": Kind.SECRET, "plain": Kind.PLAIN, "technical": Kind.TECHNICAL,
}  # fmt: skip


def held(
    table: str, owner: Owner, purpose: str = "", *, drop: str = "", closing: Closing | None = None, **columns: str
) -> Held:  # fmt: skip
    """One entry: `names="owner_name:owner_id"` says that the name is of whoever `owner_id` says."""
    told = tuple(_told(columns))
    otherwise = Closing.GONE if any(one.name == "organisation_id" for one in told) else Closing.NOT_ITS
    return Held(table, owner, told, drop, closing or otherwise, purpose)


def _told(columns: dict[str, str]) -> Iterator[Column]:
    for word, names in columns.items():
        for name in names.split():
            column, _, beside = name.partition(":")
            yield Column(column, _KINDS[word], beside)


def missing(known: Iterable[Held], schema: dict[str, set[str]]) -> list[str]:
    """What differs between the entries and the real tables, as sentences that say what to do."""
    entries = {entry.table: entry for entry in known}
    sentences = []
    for table, columns in sorted(schema.items()):
        told = entries[table].names() if table in entries else frozenset()
        sentences += [
            f"{table}.{column} has no class: say in palier/privacy/rules what it holds, whose it is and what becomes of it"
            for column in sorted(columns - told)
        ]
        sentences += [
            f"{table}.{column} is not there any more: take it out" for column in sorted(told - columns)
        ]
    return sentences + [
        f"{table} is not there any more: take it out" for table in sorted(entries.keys() - schema)
    ]
