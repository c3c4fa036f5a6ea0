"""A file of members, read line by line: what each says, and every fault by line and column. Nothing is written here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from palier.association.rules.sheets import lines_of
from palier.association.rules.vocabulary import Vocabulary, folded
from palier.network.rules.taxonomy import FAMILY_OF, is_siren

MOST_LINES = 5_000
"""Members one file may bring: what a large federation has."""

HEAVIEST = 5_000_000
"""Bytes a file may weigh: 5,000 lines of a thousand characters."""

COLUMNS = (
    "name",
    "registration",
    "contact",
    "email",
    "sector",
    "size",
    "country",
    "legal_kind",
    "legal_group",
)
"""What a file may say of a member; only the name is required."""

PEER_ATTRIBUTES = ("family", "sector", "size", "country", "legal_kind", "legal_group")
"""What chooses a member's peers: frozen between a submission and its edition."""

_LONGEST = {"name": 160, "contact": 120, "email": 254, "legal_group": 120}


class Reason(StrEnum):
    """Why a cell, a line or a file is refused."""

    NO_NAME_COLUMN = "no name column"
    REPEATED_COLUMN = "repeated column"
    TOO_MANY_LINES = "too many lines"
    NO_NAME = "no name"
    TOO_LONG = "too long"
    NOT_A_SIREN = "not a SIREN"
    NOT_AN_ADDRESS = "not an address"
    UNKNOWN_VALUE = "unknown value"
    TOO_MANY_CELLS = "too many cells"
    REPEATED = "repeated"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place. `line` counts from 1 as spreadsheets do; `column` is one of COLUMNS or "" for the line."""

    line: int
    column: str
    reason: Reason
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One member of the file: the columns it fills in; an empty cell says nothing. The family follows from the sector."""

    number: int
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        """What the member is found by: its SIREN, else its name without case or accents."""
        return key_of(self.values["name"], self.values.get("registration", ""))


@dataclass(frozen=True, slots=True)
class Read:
    """A whole file: its good lines, its faults, and the columns that were passed over."""

    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = field(default=())


def key_of(name: str, registration: str = "") -> str:
    """What a member is found by from one file to the next."""
    return f"siren:{registration}" if registration else f"name:{folded(name)}"[:200]


def read(text: str, words: Vocabulary) -> Read:
    """The members of a CSV text. A line with a fault is left out; every fault of it is told.

    `words` say which texts stand for which attribute. Raises sheets.Unreadable.
    """
    lines = lines_of(text)
    number, head = next(lines, (1, []))
    columns = [words.column(cell) for cell in head]
    known = [column for column in columns if column]
    if "name" not in known:
        return Read(faults=(Fault(number, "name", Reason.NO_NAME_COLUMN),))
    if doubled := next((column for column in known if known.count(column) > 1), None):
        return Read(faults=(Fault(number, doubled, Reason.REPEATED_COLUMN),))
    ignored = tuple(cell for cell, column in zip(head, columns, strict=True) if cell and not column)
    return _read_lines(lines, columns, words, ignored)


def _read_lines(
    lines: Iterator[tuple[int, list[str]]], columns: list[str], words: Vocabulary, ignored: tuple[str, ...]
) -> Read:
    good: dict[str, Line] = {}
    faults: list[Fault] = []
    for count, (number, cells) in enumerate(lines, start=1):
        if count > MOST_LINES:
            faults.append(Fault(number, "", Reason.TOO_MANY_LINES, str(MOST_LINES)))
            break
        line, wrong = _read_line(number, cells, columns, words)
        if not wrong and (first := good.get(line.key)):
            wrong = [Fault(number, "name", Reason.REPEATED, str(first.number))]
        faults += wrong
        if not wrong:
            good[line.key] = line
    return Read(tuple(good.values()), tuple(faults), ignored)


def _read_line(
    number: int, cells: list[str], columns: list[str], words: Vocabulary
) -> tuple[Line, list[Fault]]:
    values: dict[str, str] = {}
    faults = [Fault(number, "", Reason.TOO_MANY_CELLS)] if any(cells[len(columns) :]) else []
    for column, cell in zip(columns, cells, strict=False):
        if column and cell:
            value, reason = _value(column, cell, words)
            values[column] = value
            if reason:
                faults.append(Fault(number, column, reason, cell[:80]))
    if "name" not in values:
        faults.append(Fault(number, "name", Reason.NO_NAME))
    if family := FAMILY_OF.get(values.get("sector", "")):
        values["family"] = family
    return Line(number, values), faults


def _value(column: str, cell: str, words: Vocabulary) -> tuple[str, Reason | None]:
    """What a cell stands for, and why it cannot be taken."""
    if len(cell) > _LONGEST.get(column, 200):
        return cell, Reason.TOO_LONG
    match column:
        case "registration":
            digits = "".join(cell.split())[:9] if is_siret(cell) else "".join(cell.split())
            return digits, None if is_siren(digits) else Reason.NOT_A_SIREN
        case "email":
            address = cell.casefold()
            return address, None if words.is_address(address) else Reason.NOT_AN_ADDRESS
        case "sector" | "size" | "country" | "legal_kind":
            found = words.attribute(column, cell)
            return found, None if found else Reason.UNKNOWN_VALUE
        case _:
            return cell, None


def is_siret(cell: str) -> bool:
    """Whether a cell holds the fourteen digits of an establishment, whose first nine are the organisation's SIREN."""
    digits = "".join(cell.split())
    return len(digits) == 14 and digits.isdigit()
