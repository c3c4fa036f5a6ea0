"""A sheet somebody filled in, line by line: its columns found by their heads, its cells as text. Pure.

Heads are recognised whatever their case, accents and punctuation; columns nobody asks for are told, and passed over.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from palier.foundation.identifiers import searchable
from palier.foundation.sheets import DATE, FORMULA, ReadSheet


class Trouble(StrEnum):
    """Why the text of a cell cannot be trusted, whatever its column."""

    FORMULA = "formula"
    DATE = "date"
    ERROR = "error"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class FilledLine:
    """A line with anything in it: its number as spreadsheets count, its cells by column ("" where left empty)."""

    number: int
    cells: Mapping[str, str]
    troubles: Mapping[str, Trouble]


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """The lines of a sheet, the heads nobody asks for, and the columns that two heads name."""

    columns: tuple[str, ...]
    lines: tuple[FilledLine, ...]
    ignored: tuple[str, ...]
    repeated: tuple[str, ...]


class Heads:
    """Which column a head names: our own keys, and our words for them in any language."""

    def __init__(self, words: Iterable[Mapping[str, str]]) -> None:
        """`words`: one mapping a language, from key to head."""
        self._keys: dict[str, str] = {}
        for named in words:
            for key, head in named.items():
                self._keys |= {folded(key): key, folded(head): key}

    def column(self, head: str) -> str:
        """The key of the column; "" for one nobody asks for."""
        return self._keys.get(folded(head), "")


def folded(text: str) -> str:
    """`text` without case, accents, blanks or punctuation."""
    return re.sub(r"[^a-z0-9]+", "", searchable(text))


def filled_sheet(sheet: ReadSheet, heads: Heads) -> FilledSheet:
    """The lines under the first line that holds anything, which names the columns."""
    numbers = sorted(sheet.rows)
    first = sheet.rows[numbers[0]] if numbers else {}
    named = {place: heads.column(text) for place, text in first.items()}
    columns = [column for column in named.values() if column]
    return FilledSheet(
        tuple(dict.fromkeys(columns)),
        tuple(_line(sheet, number, named) for number in numbers[1:]),
        tuple(text.strip() for place, text in first.items() if not named[place]),
        tuple(dict.fromkeys(column for column in columns if columns.count(column) > 1)),
    )


def _line(sheet: ReadSheet, number: int, named: Mapping[int, str]) -> FilledLine:
    row = sheet.rows[number]
    cells = {column: plain(row.get(place, "")) for place, column in named.items() if column}
    troubles = {
        column: _trouble(why)
        for place, column in named.items()
        if column and (why := sheet.odd.get((number, place)))
    }
    return FilledLine(number, cells, troubles)


def _trouble(why: str) -> Trouble:
    known = {FORMULA: Trouble.FORMULA, DATE: Trouble.DATE}
    return known.get(why) or (Trouble.ERROR if why.startswith("holds an error") else Trouble.TOO_LONG)


def plain(text: str) -> str:
    """A text as a form would have sent it: one kind of line end, nothing around it, no character a table cannot hold."""
    return text.replace("\r\n", "\n").replace("\0", "").strip()


_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ]00:00:00)?")


def date_in(text: str) -> date:
    """A date as a date cell or a person writes it: 2027-01-31, 31/01/2027. Raises ValueError."""
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    raise ValueError(f"{text[:40]!r} is no date")
