"""Whole workbooks (.xlsx) as sheets: written with care, read with suspicion.

Text goes in as text whatever it looks like, numbers and dates as such; only text comes out.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from palier.foundation.later import Later
from palier.foundation.spreadsheets import BadWorkbook

if TYPE_CHECKING:
    import openpyxl
    from openpyxl import styles
    from openpyxl.cell import Cell
    from openpyxl.worksheet import _reader as worksheet_reader
    from openpyxl.worksheet import datavalidation
    from openpyxl.worksheet.worksheet import Worksheet
else:
    openpyxl, styles = Later("openpyxl"), Later("openpyxl.styles")
    worksheet_reader = Later("openpyxl.worksheet._reader")
    datavalidation = Later("openpyxl.worksheet.datavalidation")

LARGEST = 5_000_000
"""Bytes of a workbook that is read."""
LONGEST_TEXT = 32_767
"""Characters a cell holds."""
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 40, 10_000, 500
"""Of a workbook that is read; rows are those of all its sheets."""
_LARGEST_UNPACKED = 20_000_000
_EXACT = 2**53
"""Whole numbers up to here are kept exactly by a spreadsheet."""
_MOST_TAGS = 1_500_000
"""Marks in the XML: a small file may unfold into millions of empty cells."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""How workbooks write the characters that XML has not (ECMA-376 part 1, 22.9.2.19)."""

_INK, _PAPER, _TOLD = "FFFFFF", "1F3A4D", "EEF1F4"
_LONGEST_CHOICE = 255
"""Characters the words of a closed list may have together, with their commas."""

FORMULA = "holds a formula: type its value as text"
DATE = "holds a date: format the cell as text, then type it again"
"""What `ReadSheet.odd` says of cells whose value is not what somebody typed."""

Content = str | int | Decimal | Fraction | date | None
"""What a cell to write holds."""


class Format(StrEnum):
    """How a column shows what is typed into it."""

    TEXT = "@"
    NUMBER = "General"
    DATE = "yyyy-mm-dd"


class TooLongForACell(ValueError):
    """A text of more than LONGEST_TEXT characters."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write: its title, its width in characters, the words to choose from where the list is closed.

    `told` is for reading alone: what is typed there is not read back. A `hidden` column is there for our own reading.
    """

    title: str
    width: int = 14
    words: tuple[str, ...] = ()
    format: Format = Format.TEXT
    told: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write. The first `fixed` columns stay in sight; `table` is False for a page of prose."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Content]]
    fixed: int = 1
    table: bool = True


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as read: its rows that hold anything, by their number, as texts by column number (both from 1).

    `odd` says of a cell why its text cannot be trusted. `merged` lists merged ranges such as A2:A4.
    """

    name: str
    rows: Mapping[int, Mapping[int, str]]
    odd: Mapping[tuple[int, int], str]
    merged: tuple[str, ...]


def write_sheets(sheets: Sequence[Sheet]) -> bytes:
    """The workbook of these sheets, in their order. Raises TooLongForACell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _write(book.create_sheet(sheet.name), sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(target: "Worksheet", sheet: Sheet) -> None:
    for place, column in enumerate(sheet.columns, 1):
        _head(target, place, column, last=max(len(sheet.rows) + 200, 500))
    for number, row in enumerate(sheet.rows, 2):
        for place, (column, content) in enumerate(zip(sheet.columns, row, strict=False), 1):
            if content is not None and content != "":
                _fill(target.cell(number, place), content, column)
            elif column.told:
                target.cell(number, place).fill = styles.PatternFill("solid", fgColor=_TOLD)
    target.freeze_panes = target.cell(2, sheet.fixed + 1)
    target.sheet_view.showGridLines = sheet.table
    target.page_setup.orientation = "landscape"
    target.page_setup.fitToHeight = 0
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.print_title_rows = "1:1"


def _head(target: "Worksheet", place: int, column: Column, *, last: int) -> None:
    cell = target.cell(1, place)
    _fill(cell, column.title, column)
    cell.font = styles.Font(bold=True, color=_INK)
    cell.fill = styles.PatternFill("solid", fgColor=_PAPER)
    letter = openpyxl.utils.get_column_letter(place)
    width = target.column_dimensions[letter]
    width.width, width.hidden = column.width, column.hidden
    # What is typed below a text column stays text: 2/3 does not become the second of March.
    width.number_format = column.format.value
    width.alignment = styles.Alignment(wrap_text=True, vertical="top")
    if column.words and len(",".join(column.words)) <= _LONGEST_CHOICE:
        choice = datavalidation.DataValidation(
            "list", formula1=f'"{",".join(column.words)}"', allow_blank=True
        )
        choice.add(f"{letter}2:{letter}{last}")
        target.add_data_validation(choice)


def _fill(cell: "Cell", content: Content, column: Column) -> None:
    """Write text as text whatever it looks like: "=1+1" is no formula, "#N/A" no error."""
    cell.alignment = styles.Alignment(wrap_text=True, vertical="top")
    if column.told:
        cell.fill = styles.PatternFill("solid", fgColor=_TOLD)
    if isinstance(content, date):
        cell.value, cell.number_format = content, Format.DATE.value
    elif isinstance(content, int | Decimal | Fraction) and (figure := _as_figure(content)) is not None:
        cell.value = figure
    else:
        _fill_text(cell, str(content))


def _as_figure(content: int | Decimal | Fraction) -> float | int | None:
    """The number a spreadsheet keeps for `content`; None where it would not come back as it was."""
    if isinstance(content, int):
        return content if abs(content) <= _EXACT else None
    shown = float(content)
    return shown if Fraction(repr(shown)) == Fraction(content) else None


def _fill_text(cell: "Cell", text: str) -> None:
    written = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    if len(written) > LONGEST_TEXT:
        raise TooLongForACell(f"{len(written)} characters, a cell holds {LONGEST_TEXT}")
    cell.value = written
    cell.data_type = "s"
    cell.number_format = Format.TEXT.value


def read_sheets(content: bytes) -> list[ReadSheet]:
    """The sheets of a workbook in their order, every value as text. Raises BadWorkbook."""
    if len(content) > LARGEST:
        raise BadWorkbook(f"is larger than {LARGEST // 1_000_000} MB")
    try:
        _check_archive(content)
        with warnings.catch_warnings(action="ignore"):  # about styles and extensions: only cells are read
            return _sheets(content)
    except BadWorkbook:
        raise
    except Exception as error:  # a damaged archive fails anywhere inside the library, with any exception
        raise BadWorkbook("is not a workbook (.xlsx)") from error


def _check_archive(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > _LARGEST_UNPACKED:
            raise BadWorkbook("is far too large")
        if sum(archive.read(member).count(b"<") for member in members) > _MOST_TAGS:
            raise BadWorkbook("is far too large")


def _sheets(content: bytes) -> list[ReadSheet]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        if len(book.worksheets) > MOST_SHEETS:
            raise BadWorkbook(f"has more than {MOST_SHEETS} sheets")
        room = _Room()
        return [_read(sheet, room) for sheet in book.worksheets]
    finally:
        book.close()


@dataclass(slots=True)
class _Room:
    """What may still be read: many cells may show one very long text."""

    rows: int = MOST_ROWS
    characters: int = _LARGEST_UNPACKED

    def take(self, texts: Mapping[int, str]) -> None:
        """Raise BadWorkbook when a row is one too many."""
        self.rows -= 1
        self.characters -= sum(map(len, texts.values()))
        if self.rows < 0:
            raise BadWorkbook(f"has more than {MOST_ROWS} rows")
        if self.characters < 0:
            raise BadWorkbook("is far too large")


def _read(sheet: Any, room: _Room) -> ReadSheet:
    """Read with the library's parser itself: only it says where cells are merged without unfolding anything."""
    book = sheet.parent
    rows: dict[int, Mapping[int, str]] = {}
    odd: dict[tuple[int, int], str] = {}
    with sheet._get_source() as source:
        parser = worksheet_reader.WorkSheetParser(
            source, sheet._shared_strings, epoch=book.epoch, date_formats=book._date_formats
        )
        for number, cells in parser.parse():
            found = {cell["column"]: cell for cell in cells if cell["value"] is not None}
            texts = {place: _text(cell["value"]) for place, cell in found.items()}
            texts = {place: text for place, text in texts.items() if text.strip()}
            if texts:
                _check_width(sheet.title, number, texts)
                room.take(texts)
                rows[number] = texts
                odd |= {(number, place): why for place, why in _oddities(found) if place in texts}
    return ReadSheet(sheet.title, rows, odd, _merged(parser))


def _check_width(name: str, number: int, texts: Mapping[int, str]) -> None:
    if max(texts) > MOST_COLUMNS:
        raise BadWorkbook(f"has more than {MOST_COLUMNS} columns ({name} row {number})")


def _text(value: object) -> str:
    """Spreadsheets keep every number as a float: 75.0 was typed as 75."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return str(value)


def _oddities(cells: Mapping[int, Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for place, cell in cells.items():
        if cell["data_type"] == "f":
            yield place, FORMULA
        elif cell["data_type"] == "e":
            yield place, f"holds an error: {cell['value']}"
        elif isinstance(cell["value"], date | time | timedelta):
            yield place, DATE
        elif len(str(cell["value"])) > LONGEST_TEXT:
            yield place, f"more than {LONGEST_TEXT} characters"


def _merged(parser: Any) -> tuple[str, ...]:
    merged = getattr(parser, "merged_cells", None)
    return tuple(str(area.ref) for area in merged.mergeCell) if merged else ()
