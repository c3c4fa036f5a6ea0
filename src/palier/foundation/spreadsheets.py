"""Files a spreadsheet opens as they are: byte order mark, semicolons, the decimal mark of the reader's language."""

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

from palier.foundation.language import number

Cell = str | int | Fraction | None

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def csv_file(lines: Iterable[Sequence[Cell]], decimals: int = 2) -> bytes:
    """`lines` as CSV, the head first. Fractions are written with `decimals`."""
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
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value)
