"""From the sheets of a workbook to the plain data of a questionnaire, remembering the cell of everything.

Strict: a sheet, a column or a value that has no place in the format is a problem, never left out in silence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from palier.foundation.sheets import ReadSheet
from palier.questionnaires.cells import is_nothing, item_of, parts_of, value_of
from palier.questionnaires.layout import (
    FIELD,
    GUIDE,
    LAYOUT,
    MAIN,
    VALUE,
    Form,
    Keys,
    Many,
    Slot,
    Table,
    slot_named,
    with_owners,
)
from palier.questionnaires.shapes import Cell, Path, Problem

Filled = tuple[str, Cell]
"""The text of a cell, and where it stands."""
Columns = dict[int, Slot]
"""The columns of a sheet by their number."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: what it belongs to, and its cells that hold anything."""

    place: Cell
    owner: str
    filled: dict[Slot, Filled]


@dataclass(slots=True)
class SheetReading:
    """One walk over the sheets, collecting data, cells and problems on the way."""

    data: dict[str, Any] = field(default_factory=dict)
    cells: dict[Path, Cell] = field(default_factory=lambda: {(): Cell(MAIN, 1)})
    problems: list[Problem] = field(default_factory=list)
    records: dict[tuple[str, str], tuple[Path, dict[str, Any]]] = field(default_factory=dict)

    def everything(self, sheets: Mapping[str, ReadSheet]) -> None:
        """Read the sheets of the layout, each after the one its rows belong to; say of others that they are none."""
        self._fill(self.data, (), self._own_fields(sheets[MAIN]))
        self.records[MAIN, ""] = (), self.data
        known = {GUIDE, MAIN}
        for above, table in with_owners(LAYOUT):
            known.add(table.sheet)
            if table.sheet in sheets:
                self._table(sheets[table.sheet], table, above)
        for name in sheets:
            if name not in known:
                self._refuse(Cell(name, 1), "no sheet of a questionnaire has this name")

    # --- cells into rows ---

    def _own_fields(self, sheet: ReadSheet) -> dict[Slot, Filled]:
        """The questionnaire's own fields, which stand one below the other."""
        self._distrust(sheet)
        head = {place: title.strip() for place, title in sheet.rows.get(1, {}).items()}
        names = next((place for place, title in head.items() if title == FIELD), 0)
        if not names:
            self._refuse(Cell(MAIN, 1), f"column {FIELD} is missing")
        filled: dict[Slot, Filled] = {}
        for number, texts in _below_head(sheet):
            name = texts.get(names, "").strip()
            for place in texts.keys() - {names}:
                cell = Cell(MAIN, number, head.get(place, ""))
                slot = slot_named(LAYOUT, _title(name, cell.column))
                if slot is None or slot in filled:
                    self._refuse(
                        cell, f"{name!r} is given twice" if slot else f"no value of {name!r} stands here"
                    )
                else:
                    filled[slot] = texts[place], cell
        return filled

    def _rows(self, sheet: ReadSheet, table: Table) -> Iterator[Row]:
        self._distrust(sheet)
        head = {place: title.strip() for place, title in sheet.rows.get(1, {}).items()}
        owners = next((place for place, title in head.items() if table.owner and title == table.owner), 0)
        if table.owner and not owners:
            self._refuse(Cell(sheet.name, 1), f"column {table.owner} is missing")
            return
        columns = self._columns(sheet.name, table, head, owners)
        for number, texts in _below_head(sheet):
            for place in texts.keys() - columns.keys() - {owners}:
                if place not in head:
                    self._refuse(
                        Cell(sheet.name, number), f"{texts[place][:60]!r} stands in a column without a title"
                    )
            filled = {
                slot: (texts[place], Cell(sheet.name, number, slot.title))
                for place, slot in columns.items()
                if place in texts
            }
            yield Row(Cell(sheet.name, number, table.owner), texts.get(owners, "").strip(), filled)

    def _columns(self, name: str, table: Table, head: Mapping[int, str], owners: int) -> Columns:
        columns: Columns = {}
        for place, title in head.items():
            slot = slot_named(table, title)
            if place == owners:
                continue
            if slot is None or slot in columns.values():
                self._refuse(Cell(name, 1, title), "is there twice" if slot else "no column has this title")
            else:
                columns[place] = slot
        return columns

    def _distrust(self, sheet: ReadSheet) -> None:
        head = sheet.rows.get(1, {})
        for (number, place), reason in sheet.odd.items():
            self._refuse(Cell(sheet.name, number, head.get(place, "").strip()), reason)
        for area in sheet.merged:
            first = re.search("[0-9]+", area)
            self._refuse(
                Cell(sheet.name, int(first[0]) if first else 1), f"cells {area} are merged: separate them"
            )

    # --- rows into data ---

    def _table(self, sheet: ReadSheet, table: Table, above: Table) -> None:
        self.cells.setdefault(table.keys, Cell(sheet.name, 1))
        rows = list(self._rows(sheet, table))
        if table.many is Many.NAMED:
            self._name(table, rows)
            return
        for row in rows:
            self._place(table, above, row)

    def _place(self, table: Table, above: Table, row: Row) -> None:
        """Put the record of `row` where the row's owner is."""
        if (above.sheet, row.owner) not in self.records:
            return self._refuse(row.place, f"no {table.owner} is called {row.owner!r}")
        path, owner = self.records[above.sheet, row.owner]
        record: dict[str, Any] = {}
        holder, key = _holder(owner, table.keys), table.keys[-1]
        path = (*path, *table.keys)
        if table.many is Many.SINGLE and key in holder:
            return self._refuse(row.place, f"{row.owner} has a row already")
        if table.many is Many.SINGLE:
            holder[key] = record
        else:
            path = (*path, len(holder.setdefault(key, [])))
            holder[key].append(record)
        self.cells[path] = Cell(row.place.sheet, row.place.row)
        self._fill(record, path, row.filled)
        name = str(record.get(table.identity, row.owner))
        self.records.setdefault((table.sheet, name), (path, record))
        return None

    def _name(self, table: Table, rows: list[Row]) -> None:
        """Rows under one name are the places of its lists."""
        named: dict[str, list[Row]] = {}
        for row in rows:
            if row.owner:
                named.setdefault(row.owner, []).append(row)
            else:
                self._refuse(row.place, f"{table.owner} is missing")
        for name, places in named.items():
            path = (*table.keys, name)
            record = _holder(self.data, table.keys).setdefault(table.keys[-1], {}).setdefault(name, {})
            self.cells[path] = Cell(table.sheet, places[0].place.row)
            for slot in dict.fromkeys(slot for row in places for slot in row.filled):
                texts = {place: row.filled[slot] for place, row in enumerate(places, 1) if slot in row.filled}
                keys = (*slot.field.keys, slot.locale) if slot.locale else slot.field.keys
                self._list(record, path, keys, texts)

    def _fill(self, record: dict[str, Any], path: Path, filled: Mapping[Slot, Filled]) -> None:
        """Put the values of a row into `record`, which stands at `path`."""
        lists: dict[Keys, dict[int, Filled]] = {}
        for slot, (text, cell) in filled.items():
            keys = (*slot.field.keys, slot.locale) if slot.locale else slot.field.keys
            match slot.field.form:
                case Form.TEXTS:
                    lists.setdefault(keys, {})[slot.place] = text, cell
                case Form.PARTS:
                    self._put(record, path, keys, parts_of(text), cell)
                case Form.NO_ROWS if not is_nothing(text):
                    self._refuse(cell, f"only a dash stands here: there are no {slot.title}")
                case Form.NO_ROWS:
                    self._put(record, path, keys, [], cell)
                case _:
                    self._put(record, path, keys, value_of(slot.field.leaf, text), cell)
        for keys, texts in lists.items():
            first, cell = texts[min(texts)]
            if len(texts) == 1 and is_nothing(first):
                self._put(record, path, keys, [], cell)
            else:
                self._list(record, path, keys, {n: (item_of(text), at) for n, (text, at) in texts.items()})

    def _list(self, record: dict[str, Any], path: Path, keys: Keys, texts: Mapping[int, Filled]) -> None:
        """Put a list whose items stand in cells of their own; an empty cell between two is a problem."""
        first = texts[min(texts)][1]
        if max(texts) > len(texts):
            gap = next(n for n in range(1, max(texts)) if n not in texts)
            self._refuse(first, f"item {gap} of {'.'.join(keys)} is empty while a later one is not")
        items = [texts[place] for place in sorted(texts)]
        self._put(record, path, keys, [text for text, _ in items], first)
        for place, (_, cell) in enumerate(items):
            self.cells[*path, *keys, place] = cell

    def _put(self, record: dict[str, Any], path: Path, keys: Keys, value: Any, cell: Cell) -> None:
        _holder(record, keys)[keys[-1]] = value
        for depth in range(1, len(keys)):
            column = "" if cell.sheet == MAIN else ".".join(keys[:depth])
            self.cells.setdefault((*path, *keys[:depth]), Cell(cell.sheet, cell.row, column))
        self.cells[*path, *keys] = cell

    def _refuse(self, cell: Cell, reason: str) -> None:
        """What is wrong in a cell that may have no place in the data stands under the cell itself."""
        path = (cell.sheet, cell.row, cell.column)
        self.cells[path] = cell
        self.problems.append(Problem(path, reason))


def _below_head(sheet: ReadSheet) -> list[tuple[int, Mapping[int, str]]]:
    return sorted((number, texts) for number, texts in sheet.rows.items() if number > 1)


def _title(name: str, column: str) -> str:
    """A row and a column of the main sheet as the title that the value would have in a row of its own."""
    if column == VALUE:
        return name
    base, place = re.fullmatch(r"(.*?)(\.[0-9]+)?", name, re.DOTALL).groups("")  # type: ignore[union-attr]  # always
    return f"{base}.{column}{place}"


def _holder(record: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """The group in which the last of `keys` stands, made on the way."""
    for key in keys[:-1]:
        record = record.setdefault(key, {})
    return record
