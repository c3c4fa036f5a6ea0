"""A questionnaire as a workbook and back: nothing lost, everything told by its cell, nothing believed."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.foundation.sheets import LARGEST, MOST_COLUMNS, MOST_ROWS, TooLongForACell, read_sheets
from palier.questionnaires.building import content_hash
from palier.questionnaires.catalogue import check_files, shipped_files
from palier.questionnaires.cells import item_of, item_text, parts_of, parts_text
from palier.questionnaires.files import questionnaire_file
from palier.questionnaires.format import QUESTIONNAIRE, schema, shape_problems
from palier.questionnaires.guide import PURPOSES
from palier.questionnaires.layout import LAYOUT, MAIN, Form, with_owners
from palier.questionnaires.shapes import (
    ByName,
    Choice,
    Localised,
    Record,
    Rows,
    Shape,
    Truth,
    Variant,
    Whole,
    Words,
)
from palier.questionnaires.workbook import Unwritable, read_workbook, write_workbook
from palier.questionnaires.yaml_layout import yaml_text_of
from palier.questionnaires.yaml_text import parse

TESTS = Path(__file__).parents[1]
SMALL = yaml.safe_load((Path(__file__).parent / "cases/small.yaml").read_text(encoding="utf-8"))


def of_the_tests() -> Iterator[Any]:
    """Every questionnaire among the files of the tests, whole files and those inside cases."""
    for file in sorted(TESTS.rglob("*.yaml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for place, found in enumerate(_questionnaires(data)):
            yield pytest.param(found, id=f"{file.relative_to(TESTS)}:{place}")
    for case in yaml.safe_load((Path(__file__).parent / "cases/asking.yaml").read_text(encoding="utf-8")):
        data = with_criteria(case["criteria"])
        if not list(shape_problems(data)):
            yield pytest.param(data, id=case["name"])


def _questionnaires(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict) and "dimensions" in data and not list(shape_problems(data)):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _questionnaires(inner)


def with_criteria(criteria: list[Any]) -> dict[str, Any]:
    """The small questionnaire with other criteria, and every optional key of the top and of the nodes."""
    element = {"code": "E", "label": {"fr": "e", "en": "e"}, "criteria": criteria, "levers": []}
    dimension = {"code": "D", "label": {"fr": "d", "en": "d"}, "elements": [element]}
    kept = {key: value for key, value in SMALL.items() if key not in {"gates", "pyramid"}}
    return {**kept, "dimensions": [dimension]}


def same(data: dict[str, Any]) -> None:
    parsed = read_workbook(write_workbook(data))
    assert parsed.problems == ()
    assert parsed.data == data
    assert content_hash(parsed.data) == content_hash(data)
    text = parse(yaml_text_of(data))
    assert (text.data, text.problems) == (data, ())


@pytest.mark.parametrize("file", shipped_files(), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_shipped_questionnaire_comes_back_as_it_was(file):
    same(parse(file.read_text(encoding="utf-8")).data)


@pytest.mark.parametrize("data", list(of_the_tests()))
def test_a_questionnaire_of_the_tests_comes_back_as_it_was(data):
    same(data)


# --- whatever the format allows ---------------------------------------------------------------------------------------

TEXT = st.one_of(
    st.sampled_from(["=1+1", "#N/A", "-", "\\-", "–", "1-2", "2/3", "+33", "@x", "a\nb", " a ", "_x0041_", "a;b", "\\;", "'x", "TRUE"]),
    st.text(min_size=1, max_size=30).filter(str.strip),
)  # fmt: skip
LOCALES = ["fr", "en", "pt-BR"]


def anything(shape: Shape) -> st.SearchStrategy[Any]:  # noqa: C901  (one line a shape)
    """Any value of `shape`, every optional key sometimes absent."""
    match shape:
        case Words(pattern=pattern, longest=longest) if pattern:
            assert not longest
            return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True).filter(
                lambda text: len(text) < 30
            )
        case Words(longest=longest):
            return TEXT.filter(lambda text: not longest or len(text) <= longest)
        case Whole(low=low, high=high):
            return st.integers(low, high)
        case Choice(words=words):
            return st.sampled_from(words)
        case Truth():
            return st.booleans()
        case Localised(of=Rows() as rows):
            return st.integers(rows.least, rows.most or 7).flatmap(
                lambda size: localised(st.lists(anything(rows.of), min_size=size, max_size=size))
            )
        case Localised(of=of):
            return localised(anything(of))
        case Rows(of=of, least=least, most=most):
            return st.lists(anything(of), min_size=least, max_size=min(most or 3, least + 2))
        case ByName(of=of):
            return st.dictionaries(
                TEXT.filter(lambda text: text == text.strip()), anything(of), min_size=1, max_size=2
            )
        case Record(required=required, optional=optional):
            return st.fixed_dictionaries(
                {key: anything(of) for key, of in required.items()},
                optional={key: anything(of) for key, of in optional.items()},
            )
        case Variant(key=key, records=records):
            return st.sampled_from(sorted(records)).flatmap(
                lambda word: anything(
                    Record({key: Choice((word,)), **records[word].required}, records[word].optional)
                )
            )
    raise TypeError(shape)


def localised(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(dict.fromkeys(LOCALES, values))


def renamed(data: Any, names: Iterator[int]) -> Any:
    """`data` with codes and ids that are unique, as they are in every file that is used."""
    if isinstance(data, list):
        return [renamed(item, names) for item in data]
    if not isinstance(data, dict):
        return data
    unique = {key: f"{value}{next(names)}" for key, value in data.items() if key in {"code", "id"}}
    return {key: renamed(value, names) for key, value in data.items()} | unique


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything(QUESTIONNAIRE))
def test_whatever_the_format_allows_comes_back_as_it_was(drawn):
    data = {**renamed(drawn, iter(range(10**6))), "id": "ANY", "locales": LOCALES}
    assert list(shape_problems(data)) == []
    same(data)


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=5))
def test_several_texts_in_one_cell_come_apart_as_they_were(parts):
    assert parts_of(parts_text(parts)) == parts


@given(TEXT)
def test_a_text_that_looks_like_an_empty_list_is_still_a_text(text):
    assert item_of(item_text(text)) == text


def keys_of(described: Any) -> Iterator[str]:
    """Every key that the JSON Schema names."""
    if isinstance(described, dict):
        for key, value in described.items():
            if key == "properties":
                yield from value
            yield from keys_of(value)
    elif isinstance(described, list):
        for item in described:
            yield from keys_of(item)


def test_every_key_of_the_format_has_its_place_in_the_workbook():
    every = [LAYOUT, *(table for _, table in with_owners(LAYOUT))]
    placed = {key for table in every for field in table.fields for key in field.keys}
    placed |= {key for table in every for key in table.keys}
    assert set(keys_of(schema())) - placed == set()


def test_no_two_sheets_and_no_two_columns_of_a_sheet_have_one_name():
    tables = [LAYOUT, *(table for _, table in with_owners(LAYOUT))]
    assert len({table.sheet.lower() for table in tables}) == len(tables)
    for table in tables:
        titles = [table.title(field) for field in table.fields] + [table.owner] * bool(table.owner)
        assert len(set(titles)) == len(titles), table.sheet


def test_the_guide_says_what_every_sheet_holds():
    assert set(PURPOSES) == {MAIN, *(table.sheet for _, table in with_owners(LAYOUT))}


def test_a_list_that_may_be_empty_has_a_place_to_say_so():
    forms = {
        field.name: field.form
        for table in (LAYOUT, *(t for _, t in with_owners(LAYOUT)))
        for field in table.fields
    }
    assert forms["levers"] is Form.NO_ROWS


# --- as a person sees it ---------------------------------------------------------------------------------------------


def book_of(data: dict[str, Any]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(data)))


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_first_sheet_explains_in_french_and_in_english():
    guide = book_of(SMALL).worksheets[0]
    rows = list(guide.iter_rows(values_only=True))
    assert guide.title == "Read me"
    assert rows[0][1:] == ("Français", "English")
    assert rows[1][1].startswith("Ce classeur contient un questionnaire entier")
    assert rows[1][2].startswith("This workbook is a whole questionnaire")


def test_every_cell_is_text_wrapped_under_a_row_that_stays():
    for sheet in book_of(SMALL):
        assert sheet.freeze_panes.endswith("2")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert (cell.data_type, cell.number_format, cell.alignment.wrap_text) == ("s", "@", True)


def changed(key: str, value: Any) -> dict[str, Any]:
    return {**SMALL, key: value}


def test_what_looks_like_a_formula_is_written_as_text_and_read_as_text():
    data = changed("licence", '=HYPERLINK("http://x","y")')
    cell = next(c for row in book_of(data)[MAIN].iter_rows() for c in row if c.value == data["licence"])
    assert cell.data_type == "s"
    assert read_workbook(write_workbook(data)).data["licence"] == data["licence"]


def test_a_text_longer_than_a_cell_is_refused_rather_than_cut():
    with pytest.raises(TooLongForACell):
        write_workbook(changed("licence", "x" * 40_000))


def test_what_has_not_the_shape_of_a_questionnaire_is_refused_rather_than_half_written():
    with pytest.raises(Unwritable, match="unknown key colour"):
        write_workbook(changed("colour", "red"))


def edited(edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = book_of(SMALL)
    edit(book)
    return saved(book)


def column_of(sheet: Any, title: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == title)


def test_numbers_typed_as_numbers_are_the_texts_they_stand_for():
    def edit(book) -> None:
        sheet = book["Dimensions"]
        sheet.cell(2, column_of(sheet, "weight")).value = 60
        sheet.cell(3, column_of(sheet, "weight")).value = 40.0
        book["Scales"].cell(3, 2).value = 12.5

    data = read_workbook(edited(edit)).data
    assert [dimension["weight"] for dimension in data["dimensions"]] == ["60", "40"]
    assert next(iter(data["scales"].values()))["values"][1] == "12.5"


def test_sheets_and_columns_stand_in_any_order_and_rows_may_be_empty():
    def edit(book) -> None:
        book.move_sheet("Criteria", offset=-7)
        sheet = book["Criteria"]
        sheet.insert_rows(3)
        sheet.move_range(f"A1:A{sheet.max_row}", cols=40)

    parsed = read_workbook(edited(edit))
    assert parsed.problems == ()
    assert parsed.data == SMALL


def test_a_language_more_is_a_column_more():
    def edit(book) -> None:
        for sheet in book.worksheets[1:]:
            titles = {cell.value: cell.column for cell in sheet[1]}
            for title, place in list(titles.items()):
                german = re.sub(r"(^|\.)en(\.|$)", r"\1de\2", title)
                if german != title:
                    new = sheet.max_column + 1
                    for row in range(1, sheet.max_row + 1):
                        sheet.cell(row, new).value = sheet.cell(row, place).value if row > 1 else german
        locales = next(row for row in book[MAIN].iter_rows() if row[0].value == "locales")
        locales[1].value = "fr; en; de"

    parsed = read_workbook(edited(edit))
    assert parsed.problems == ()
    assert list(shape_problems(parsed.data)) == []
    assert parsed.data["title"]["de"] == SMALL["title"]["en"]


# --- faults are told by their cell -----------------------------------------------------------------------------------


def faults_of(content: bytes, folder: Path) -> list[str]:
    file = folder / "small.xlsx"
    file.write_bytes(content)
    return [str(fault).removeprefix(f"{file}: ") for fault in check_files([file], read=questionnaire_file)]


def setting(sheet: str, row: int, title: str, value: Any) -> Callable[[openpyxl.Workbook], None]:
    def edit(book: openpyxl.Workbook) -> None:
        book[sheet].cell(row, column_of(book[sheet], title)).value = value

    return edit


def removing(sheet: str, title: str) -> Callable[[openpyxl.Workbook], None]:
    return lambda book: book[sheet].delete_cols(column_of(book[sheet], title))


def merging(book: openpyxl.Workbook) -> None:
    book["Criteria"].merge_cells("C2:C3")


def adding(book: openpyxl.Workbook) -> None:
    book.create_sheet("Notes")["A1"] = "to do"


def straying(book: openpyxl.Workbook) -> None:
    book["Levels"].cell(2, 30).value = "look here"


FAULTS = [
    ("a text missing", setting("Criteria", 3, "label.fr", None), "Criteria row 3, column label: locale fr is missing"),
    ("a number that is none", setting("Levers", 2, "effort", "some"), "Levers row 2, column effort: must be a whole number"),
    ("a formula", setting("Criteria", 2, "label.fr", "=1+1"), "Criteria row 2, column label.fr: holds a formula"),
    ("a date", setting("Levels", 2, "from", date(2026, 3, 2)), "Levels row 2, column from: holds a date"),
    ("an error", setting("Levels", 2, "from", "#REF!"), "Levels row 2, column from: holds an error: #REF!"),
    ("merged cells", merging, "Criteria row 2: cells C2:C3 are merged: separate them"),
    ("an unknown parent", setting("Criteria", 2, "element", "X9"), "Criteria row 2, column element: no element is called 'X9'"),
    ("no parent", setting("Criteria", 2, "element", None), "Criteria row 2, column element: no element is called ''"),
    ("a sheet nobody knows", adding, "Notes row 1: no sheet of a questionnaire has this name"),
    ("a title nobody knows", setting("Levels", 1, "from", "From"), "Levels row 1, column From: no column has this title"),
    ("a title twice", setting("Levels", 1, "name.fr", "from"), "Levels row 1, column from: is there twice"),
    ("a column that is gone", removing("Criteria", "element"), "Criteria row 1: column element is missing"),
    ("a value without a title", straying, "Levels row 2: 'look here' stands in a column without a title"),
    ("a field nobody knows", setting(MAIN, 3, "field", "name"), "Questionnaire row 3, column value: no value of 'name' stands here"),
    ("a weight amiss", setting("Dimensions", 2, "weight", "10"), "Dimensions row 1: the weights of the dimensions add up to"),
    ("a gap in a list", setting("Criteria", 2, "levels.fr.2", None), "column levels.fr.1: item 2 of levels.fr is empty"),
    ("a locale nobody declared", setting("Sources", 1, "note.en", "note.de"), "Sources row 2, column note.de: locale de is not declared"),
    ("a code twice", setting("Criteria", 3, "code", "TS1.1.1"), "Criteria row 3, column code: code TS1.1.1 is used twice"),
    ("a mark that means nothing", setting("Elements", 2, "levers", "two"), "Elements row 2, column levers: only a dash stands here"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "told"), [pytest.param(edit, told, id=name) for name, edit, told in FAULTS])
def test_a_fault_is_told_with_sheet_row_and_column(edit, told, tmp_path):
    faults = faults_of(edited(edit), tmp_path)
    assert any(told in fault for fault in faults), faults


def test_a_sound_workbook_has_no_fault(tmp_path):
    assert faults_of(write_workbook(SMALL), tmp_path) == []


# --- nothing is believed ---------------------------------------------------------------------------------------------


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The small workbook with one part of its archive changed."""
    with zipfile.ZipFile(io.BytesIO(write_workbook(SMALL))) as archive:
        parts = {item: archive.read(item) for item in archive.namelist()}
    return zipped({**parts, name: change(parts[name])})


SHEET = "xl/worksheets/sheet2.xml"
HOSTILE = {
    "nothing": lambda: b"",
    "a text": lambda: b"format: 1\n",
    "an archive of something else": lambda: zipped({"a.txt": b"x"}),
    "too large a file": lambda: b"x" * (LARGEST + 1),
    "a bomb": lambda: zipped({"xl/workbook.xml": b" " * 30_000_000}),
    "a million empty cells": lambda: with_part(SHEET, lambda _: b"<sheetData><row>" + b"<c/>" * 2_000_000 + b"</row></sheetData>"),
    "a part cut short": lambda: with_part(SHEET, lambda part: part[:300]),
    "entities": lambda: with_part(SHEET, lambda part: b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "' + b"&x;" * 500 + b'">]>' + part),
    "a workbook of somebody's own": lambda: saved(openpyxl.Workbook()),
    "too many columns": lambda: edited(lambda book: setattr(book[MAIN].cell(2, MOST_COLUMNS + 1), "value", "x")),
    "too many rows": lambda: edited(lambda book: [book["Serves"].append(["x"]) for _ in range(MOST_ROWS)]),
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_questionnaire_s_workbook_is_one_clear_fault(content):
    parsed = read_workbook(content())
    if parsed.data is not None:
        assert parsed.data == SMALL  # what changed was not believed
    else:
        (problem,) = parsed.problems
        assert problem.path == ()
        assert re.match("is (not|no|far|larger)|has more", problem.reason)


def test_a_row_at_the_very_end_of_a_sheet_costs_nothing():
    def edit(book) -> None:
        book["Levels"].cell(1_048_576, 1).alignment = openpyxl.styles.Alignment(wrap_text=True)

    assert read_workbook(edited(edit)).data == SMALL


def test_one_long_text_shown_in_many_cells_is_too_much():
    def edit(book) -> None:
        for row in range(2, 800):
            book["Serves"].cell(row, 5).value = "x" * 30_000

    assert read_workbook(edited(edit)).problems[0].reason == "is far too large"


def test_a_merged_area_as_large_as_the_sheet_is_not_unfolded():
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    (sheet,) = [
        sheet
        for sheet in read_sheets(with_part(SHEET, lambda part: part.replace(b"</sheetData>", merged)))
        if sheet.merged
    ]
    assert sheet.merged == ("A1:XFD1048576",)


WHOLE = write_workbook(SMALL)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(WHOLE)))
def test_a_workbook_cut_anywhere_raises_nothing(length):
    parsed = read_workbook(WHOLE[:length])
    assert parsed.data == SMALL or parsed.problems


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_a_workbook_with_damaged_bytes_raises_nothing(seed):
    chance = random.Random(seed)
    damaged = bytearray(WHOLE)
    for _ in range(chance.randint(1, 20)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    parsed = read_workbook(bytes(damaged))
    assert parsed.data is not None or parsed.problems


CELL = st.one_of(
    st.none(),
    st.text(max_size=12).filter(str.isprintable),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.just("=A1"),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(1, 14), st.integers(1, 6), st.integers(1, 12), CELL), min_size=1, max_size=8
    )
)
def test_a_workbook_with_anything_in_its_cells_is_checked_without_a_traceback(cells):
    book = openpyxl.load_workbook(io.BytesIO(WHOLE))
    for sheet, row, column, value in cells:
        book.worksheets[min(sheet, len(book.worksheets) - 1)].cell(row, column).value = value
    parsed = read_workbook(saved(book))
    assert parsed.data is not None or parsed.problems
    list(shape_problems(parsed.data))
