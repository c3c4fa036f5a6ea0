"""A questionnaire as a workbook people can edit, and back, without loss.

Where everything stands is told by `layout`, how a value is written by `cells`; both follow from the format, so that a
key added there is neither lost nor forgotten. Source: docs/method.md#workbook.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from palier.foundation.sheets import Column, Sheet, read_sheets, write_sheets
from palier.foundation.spreadsheets import BadWorkbook
from palier.questionnaires.cells import NOTHING, item_text, parts_text, value_text
from palier.questionnaires.format import shape_problems
from palier.questionnaires.guide import guide
from palier.questionnaires.layout import (
    FIELD,
    LAYOUT,
    MAIN,
    VALUE,
    Field,
    Form,
    Keys,
    Many,
    Slot,
    Table,
    slots_of,
)
from palier.questionnaires.shapes import Choice, Problem, Truth, path_text
from palier.questionnaires.sheet_reading import SheetReading
from palier.questionnaires.tree import Plain
from palier.questionnaires.yaml_text import Parsed

Owned = tuple[str, Plain]
"""A record and the name of whom it belongs to."""


class Unwritable(ValueError):
    """Data that has not the shape of a questionnaire, of which a workbook would lose a part."""


def write_workbook(data: Plain) -> bytes:
    """The questionnaire `data` (the plain data of a checked file) as an .xlsx file.

    `read_workbook` gives the same data back: equal, with the same content hash. Raises Unwritable when `data` has not
    the shape of the format, TooLongForACell when a text has more than 32,767 characters.
    """
    if problem := next(iter(shape_problems(data)), None):
        raise Unwritable(f"{path_text(problem.path)}: {problem.reason}")
    tables = [_sheet(table, rows, data["locales"]) for table, rows in _gathered(LAYOUT, [("", data)])]
    return write_sheets([guide(), _main_sheet(data), *tables])


def _gathered(table: Table, records: Sequence[Owned]) -> Iterator[tuple[Table, list[Owned]]]:
    """Every sheet below `table` with its rows, in the order of the layout."""
    for below in table.tables:
        rows = [row for owner, record in records for row in _rows(below, owner, record)]
        yield below, rows
        named = [(row.get(below.identity, owner), row) for owner, row in rows]
        yield from _gathered(below, named)


def _rows(table: Table, owner: str, record: Plain) -> list[Owned]:
    found = _under(record, table.keys)
    if found is None:
        return []
    if table.many is Many.NAMED:
        return [(name, place) for name, group in found.items() for place in _places(group)]
    return [(owner, row) for row in ([found] if table.many is Many.SINGLE else found)]


def _places(group: Plain) -> Sequence[Plain]:
    """Parallel lists as one record a place: {values: [...], labels: {fr: [...]}} as [{values, labels: {fr}}, ...]."""
    places: list[dict[str, Any]] = []
    for name, value in group.items():
        for locale, listed in value.items() if isinstance(value, Mapping) else [("", value)]:
            places += [{} for _ in range(len(listed) - len(places))]
            for place, item in zip(places, listed, strict=False):
                place.update({name: {**place.get(name, {}), locale: item}} if locale else {name: item})
    return places


def _under(record: Plain, keys: Keys) -> Any:
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _sheet(table: Table, rows: list[Owned], locales: Sequence[str]) -> Sheet:
    slots = slots_of(table, locales, _longest(table, [row for _, row in rows]))
    texts = [[_slot_text(slot, row) for slot in slots] for _, row in rows]
    titles = [slot.title for slot in slots]
    if table.owner:
        titles.insert(0, table.owner)
        texts = [[owner, *row] for (owner, _), row in zip(rows, texts, strict=True)]
    words = {slot.title: _words(slot.field) for slot in slots}
    columns = tuple(
        Column(title, _width(title, [row[place] for row in texts]), words.get(title, ()))
        for place, title in enumerate(titles)
    )
    return Sheet(table.sheet, columns, texts, fixed=1 + bool(table.owner and table.identity))


def _main_sheet(data: Plain) -> Sheet:
    """The questionnaire's own fields one below the other: a row of one line would be far too long."""
    locales = data["locales"]
    rows: dict[str, dict[str, str]] = {}
    for slot in slots_of(LAYOUT, locales, _longest(LAYOUT, [data])):
        row = slot.field.name + (f".{slot.place}" if slot.place else "")
        rows.setdefault(row, {})[slot.locale or VALUE] = _slot_text(slot, data)
    columns = (Column(FIELD, 24), Column(VALUE, 30), *(Column(locale, 70) for locale in locales))
    texts = [[name, *(row.get(key, "") for key in (VALUE, *locales))] for name, row in rows.items()]
    return Sheet(MAIN, columns, texts)


def _longest(table: Table, rows: Sequence[Plain]) -> dict[Field, int]:
    """How many cells the longest list of each field takes."""
    return {
        each: max(
            (len(texts) for row in rows for texts in (_under(row, each.keys) or {}).values()), default=0
        )
        for each in table.fields
        if each.form is Form.TEXTS
    }


def _slot_text(slot: Slot, record: Plain) -> str:
    value = _under(record, slot.field.keys)
    if slot.locale and value is not None:
        value = value.get(slot.locale)
    if value is None:
        return ""
    match slot.field.form:
        case Form.PARTS:
            return parts_text(value)
        case Form.TEXTS:
            return _item(value, slot.place)
        case Form.NO_ROWS:
            return "" if value else NOTHING
    return value_text(value)


def _item(texts: Sequence[str], place: int) -> str:
    if not texts and place == 1:
        return NOTHING
    return item_text(texts[place - 1]) if place <= len(texts) else ""


def _words(of: Field) -> tuple[str, ...]:
    if isinstance(of.leaf, Choice):
        return of.leaf.words
    return ("yes", "no") if isinstance(of.leaf, Truth) else ()


def _width(title: str, texts: Sequence[str]) -> int:
    longest = max(map(len, texts), default=0)
    return max(len(title) + 3, 55 if longest > 110 else 36 if longest > 36 else longest + 2)


def read_workbook(content: bytes) -> Parsed:
    """The data of a workbook such as `write_workbook` makes, with the cell of everything and what was wrong in it.

    Nothing is evaluated and nothing raised: what is no such workbook gives no data and one problem. Whether the data
    is a questionnaire is for the same checks as a YAML text's (`shape_problems`, ...).
    """
    try:
        sheets = {sheet.name: sheet for sheet in read_sheets(content)}
    except BadWorkbook as error:
        return _unusable(str(error))
    if MAIN not in sheets:
        return _unusable(f"is no questionnaire: it has no sheet {MAIN}")
    reading = SheetReading()
    reading.everything(sheets)
    lines = {path: cell.row for path, cell in reading.cells.items()}
    return Parsed(reading.data, lines, tuple(reading.problems), reading.cells)


def _unusable(reason: str) -> Parsed:
    return Parsed(None, {(): 1}, (Problem((), reason),))
