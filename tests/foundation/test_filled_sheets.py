"""What a filled-in sheet says, and what of it changes something: without a database."""

import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest

from palier.foundation.filled_sheets import Heads, Trouble, date_in, filled_sheet, folded
from palier.foundation.sheets import Column, Content, Sheet, read_sheets, write_sheets
from palier.foundation.spreadsheets import csv_file
from palier.foundation.three_way import Taken, three_way

HEADS = Heads([{"title": "Intitulé", "due": "Échéance"}, {"title": "Title", "due": "Due date"}])


def book_of(*rows: tuple[object, ...]) -> bytes:
    """A workbook as a spreadsheet saves it, formulas included."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_heads_are_found_in_any_language_and_spelling_and_the_others_are_told() -> None:
    found = filled_sheet(
        read_sheets(book_of(("INTITULE ", "due", "Couleur", "title"), ("a", "b", "c", "d")))[0], HEADS
    )
    assert (found.columns, found.ignored, found.repeated) == (("title", "due"), ("Couleur",), ("title",))


def test_formulas_and_dates_are_told_by_their_cell_and_empty_lines_are_passed_over() -> None:
    sheet = read_sheets(
        book_of(("Title", "Due date"), ("=1+1", date(2027, 1, 31)), (None, None), (" x ", None))
    )[0]
    first, last = filled_sheet(sheet, HEADS).lines
    assert first.troubles == {"title": Trouble.FORMULA, "due": Trouble.DATE}
    assert date_in(first.cells["due"]) == date(2027, 1, 31)
    assert (last.number, last.cells) == (4, {"title": "x", "due": ""})


@pytest.mark.parametrize("text", ["2027-01-31", "31/01/2027", "31.1.2027", "2027-01-31 00:00:00"])
def test_a_date_is_read_as_people_and_date_cells_write_it(text: str) -> None:
    assert date_in(text) == date(2027, 1, 31)


@pytest.mark.parametrize("text", ["31/02/2027", "2027", "01/31/2027", "demain", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month"):
        date_in(text)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("=1+1", "=1+1"), ("#N/A", "#N/A"), (7, "7"), (Decimal("12.50"), "12.5"), (Fraction(1, 3), "1/3"),
        (Decimal("0.1"), "0.1"), (2**60, str(2**60)), (date(2027, 1, 31), "2027-01-31 00:00:00"), ("a\r\n\x01b_x0041_", "a\r\n\x01b_x0041_"),
    ],
)  # fmt: skip
def test_what_is_written_comes_back_as_it_was(content: Content, text: str) -> None:
    written = write_sheets([Sheet("A", (Column("Title"),), [(content,)])])
    assert read_sheets(written)[0].rows[2][1] == text


@pytest.mark.parametrize("text", ["=A1", "+1", "-1", "@SUM(1)", "\tx", " =A1", "\n=A1", "\uff1dA1"])
def test_a_csv_runs_nothing_somebody_typed(text: str) -> None:
    assert csv_file([["t"], [text]]).decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"').startswith("'")


def test_a_head_of_nothing_is_nobody_s() -> None:
    assert folded("") == folded(" – ") == ""
    assert HEADS.column("") == ""


STANDS = {"level": 5, "words": "a", "link": "x"}


@pytest.mark.parametrize(
    ("base", "brought", "taken"),
    [
        (STANDS, STANDS, Taken(())),
        (STANDS, STANDS | {"words": "b"}, Taken(("words",))),
        (STANDS | {"level": 3}, STANDS | {"level": 3}, Taken(())),  # left as it was taken away
        (STANDS | {"level": 3}, STANDS | {"level": 2}, Taken(("level",), ("level",))),
        (STANDS | {"level": 3}, STANDS, Taken(())),  # both changed it to the same
        (STANDS | {"level": 3}, {"level": 3, "words": "b"}, Taken(("words",))),
        (None, STANDS | {"words": "b"}, Taken(("words",), ("words",))),
        (None, STANDS, Taken(())),
        (STANDS | {"level": 3}, {}, Taken(())),
    ],
)  # fmt: skip
def test_who_changed_what_is_told_from_three_versions(
    base: dict[str, object] | None, brought: dict[str, object], taken: Taken
) -> None:
    assert three_way(base, STANDS, brought) == taken
