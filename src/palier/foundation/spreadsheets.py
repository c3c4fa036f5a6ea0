"""Files a spreadsheet opens as they are: byte order mark, semicolons, the decimal mark of the reader's language.

And the first sheet of a workbook somebody filled in, as text.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from palier.foundation.later import Later

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = Later("openpyxl")

from palier.foundation.language import decimal_mark, number

Cell = str | int | Decimal | Fraction | date | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, in letters of either width."""


def csv_file(lines: Iterable[Sequence[Cell]], decimals: int = 2) -> bytes:
    """`lines` as CSV, the head first. Fractions are written with `decimals`, decimals with their own; dates as ISO."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for line in lines:
        writer.writerow([_written(value, decimals) for value in line])
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _written(value: Cell, decimals: int) -> str:
    """Text that starts like a formula gets an apostrophe: a spreadsheet must not run what somebody typed."""
    if value is None:
        return ""
    if isinstance(value, Fraction):
        return number(value, decimals).replace("\u2212", "-").replace("\u202f", "").replace("\u00a0", "")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", decimal_mark())
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" \n").startswith(FORMULA) else value
    return str(value)  # a date is written as ISO has it


def workbook_file(name: str, lines: Iterable[Sequence[Cell]], decimals: int = 2) -> bytes:
    """The same lines as the one sheet `name` of an .xlsx file: figures as numbers, everything else as text."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title, sheet.freeze_panes = name[:31], "A2"
    for row, line in enumerate(lines, 1):
        for place, value in enumerate(line, 1):
            _set(sheet.cell(row, place), value, decimals)
    for title in sheet[1]:
        title.font = openpyxl.styles.Font(bold=True)
        sheet.column_dimensions[title.column_letter].width = max(12, min(len(str(title.value)) + 4, 40))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _set(cell: Any, value: Cell, decimals: int) -> None:
    """A text that starts like a formula stays a text: nothing in the file is run."""
    if isinstance(value, str):
        cell.value, cell.data_type = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value), "s"
    elif isinstance(value, Fraction):
        cell.value = float(_written(value, decimals).replace(",", "."))
        cell.number_format = f"0.{'0' * decimals}"
    else:
        cell.value = value


# --- workbooks -------------------------------------------------------------------------------------------------------

_LARGEST = 50_000_000  # bytes once unpacked: a small file may hold a very large one
_MOST_LINES, _MOST_CELLS = 20_000, 200


class BadWorkbook(ValueError):
    """A file that no spreadsheet could have written, or one far larger than a person fills in."""


def first_sheet(file: Path) -> list[list[str]]:
    """The cells of the first sheet of an .xlsx file as text, line by line; numbers by their shortest text.

    Raises BadWorkbook, OSError.
    """
    content = file.read_bytes()
    try:
        _check_size(content)
        with warnings.catch_warnings(action="ignore"):  # about styles and extensions: only cells are read
            return _cells_of(content)
    except BadWorkbook:
        raise
    except Exception as error:  # a damaged archive fails anywhere inside the library, with any exception
        raise BadWorkbook("is not a workbook (.xlsx)") from error


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST:
            raise BadWorkbook("is far too large")


def _cells_of(content: bytes) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        lines = book.worksheets[0].iter_rows(max_row=_MOST_LINES, max_col=_MOST_CELLS, values_only=True)
        return [_without_tail([_text(cell) for cell in line]) for line in lines]
    finally:
        book.close()


def _text(cell: object) -> str:
    """Spreadsheets keep every number as a float: 75.0 was typed as 75."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _without_tail(line: list[str]) -> list[str]:
    """Without the empty cells at its end: a sheet is as wide as its widest line."""
    while line and not line[-1]:
        line = line[:-1]
    return line
