"""The first sheet of a workbook (.xlsx), as text. Reading answers from a spreadsheet is a command's work, not a page's.

Beside the questionnaires' own workbooks this is the border with openpyxl.
"""

import io
import warnings
import zipfile
from pathlib import Path

import openpyxl

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
