"""The files French spreadsheets write: their encodings, their separators, their lines with the numbers people see."""

import csv
import io
from collections.abc import Iterator

SEPARATORS = (";", ",", "\t")
"""Excel in French, Excel in English, and "Unicode text"."""

_ACCENTED = frozenset("éèêëàâäùûüçôöîïœÉÈÊÀÂÇÔÎŒ’«»€")


class Unreadable(ValueError):
    """The bytes are no table of text: a workbook, a picture, a PDF."""


def text_of(data: bytes) -> str:
    """`data` as text, whatever the spreadsheet: UTF-8 with or without mark, UTF-16, Windows-1252 or Mac Roman.

    Raises Unreadable for bytes that are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(data, "utf-16")
    if b"\0" in data or data.startswith(b"PK\x03\x04"):
        raise Unreadable
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        windows, mac = (data.decode(name, errors="replace") for name in ("cp1252", "mac_roman"))
        return max(windows, mac, key=_likelihood)  # the first of equals: Windows


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable from error


def _likelihood(text: str) -> int:
    """How French it looks: letters with French accents, less those that could not be read."""
    return sum(letter in _ACCENTED for letter in text) - 2 * text.count("\ufffd")


def separator_of(text: str) -> str:
    """What separates the cells of the first line that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=lambda mark: _outside_quotes(first, mark))


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def lines_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not empty, with the number it starts at in the file (1 = the first). Cells are stripped.

    Raises Unreadable where quotes are opened and a cell grows beyond any reason.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    start = 1
    try:
        for cells in reader:
            clean = [cell.replace("\u00a0", " ").strip() for cell in cells]
            if any(clean):
                yield start, clean
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable from error
