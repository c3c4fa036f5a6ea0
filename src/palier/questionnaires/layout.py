"""How the format of a questionnaire lies on the sheets of a workbook, derived from its shapes.

Every group of fields that is listed becomes a sheet, every text and number a column. Nothing is named twice: a key
added to the format has its column at once, and a shape that no column could hold is refused here. A test builds this
layout, so neither is found out later. Source: docs/method.md#workbook.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from palier.questionnaires.format import QUESTIONNAIRE
from palier.questionnaires.shapes import (
    LOCALE,
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

Keys = tuple[str, ...]
"""Keys of a record and of the records in it."""

Leaf = Words | Whole | Choice | Truth

OFFERED = 5
"""Columns for the texts of a list that has no limit of its own: level descriptors."""


class Form(StrEnum):
    """How a value fills cells."""

    VALUE = "value"  # one cell
    PARTS = "parts"  # one cell: a; b; c
    TEXT = "text"  # one cell a locale
    TEXTS = "texts"  # several cells a locale
    NO_ROWS = "no rows"  # a dash where another sheet could have rows and is to have none


@dataclass(frozen=True, slots=True)
class Field:
    """A column, or a group of columns, of a sheet."""

    keys: Keys
    form: Form
    leaf: Leaf
    offered: int = 0

    @property
    def name(self) -> str:
        """The title of its column, without locale and number: kpi.name."""
        return ".".join(self.keys)


class Many(StrEnum):
    """What the rows of a sheet are to the record they belong to."""

    LISTED = "listed"  # the rows of a list, in their order
    SINGLE = "single"  # one row at most: a group that few records have
    NAMED = "named"  # rows under one name are the places of its parallel lists: scales


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: the records that stand under `keys` of a record of the sheet `above`, which the column `owner` names."""

    sheet: str
    keys: Keys
    many: Many
    fields: tuple[Field, ...]
    owner: str = ""
    identity: str = ""
    prefix: str = ""
    tables: tuple["Table", ...] = ()

    def title(self, field: Field) -> str:
        """The title of the field's column here; prefixed where the owner's column has the same name."""
        return self.prefix + field.name


SHEETS: Mapping[Keys, tuple[str, str]] = {
    ("sources",): ("Sources", "source"),
    ("scales",): ("Scales", "scale"),
    ("levels",): ("Levels", "level"),
    ("gates",): ("Gates", "gate"),
    ("pyramid", "steps"): ("Pyramid", "step"),
    ("dimensions",): ("Dimensions", "dimension"),
    ("elements",): ("Elements", "element"),
    ("criteria",): ("Criteria", "criterion"),
    ("answer",): ("Answers", "criterion"),
    ("options",): ("Options", "option"),
    ("rows",): ("Rows", "row"),
    ("shown_if",): ("Conditions", "condition"),
    ("levers",): ("Levers", "lever"),
    ("serves",): ("Serves", "serves"),
}
"""Names of sheets, and what one of their rows is called; a key that is not here is called after itself."""

MAIN = "Questionnaire"
"""The sheet of the questionnaire's own fields, one a row."""
FIELD, VALUE = "field", "value"
"""Its columns; the others are locales."""
GUIDE = "Read me"
"""The first sheet, which nobody reads but people."""


def _laid_out() -> Table:
    fields, tables = _columns(QUESTIONNAIRE, ())
    return Table(MAIN, (), Many.SINGLE, fields, tables=tables)


def _columns(record: Record, keys: Keys) -> tuple[tuple[Field, ...], tuple[Table, ...]]:
    """The fields of `record` and of the groups in it, and its sheets."""
    fields: list[Field] = []
    tables: list[Table] = []
    for name, shape in {**record.required, **record.optional}.items():
        place = (*keys, name)
        if table := _table(shape, place):
            tables.append(table)
            if isinstance(shape, Rows) and not shape.least:
                fields.append(Field(place, Form.NO_ROWS, Words()))
        elif isinstance(shape, Record):
            inner, below = _columns(shape, place)
            fields += inner
            tables += below
        else:
            fields.append(_field(shape, place))
    return tuple(fields), tuple(tables)


def _field(shape: Shape, keys: Keys) -> Field:
    match shape:
        case Words() | Whole() | Choice() | Truth():
            return Field(keys, Form.VALUE, shape)
        case Rows(of=Words() as leaf):
            return Field(keys, Form.PARTS, leaf)
        case Localised(of=Words() as leaf):
            return Field(keys, Form.TEXT, leaf)
        case Localised(of=Rows(of=Words() as leaf, most=most)):
            return Field(keys, Form.TEXTS, leaf, most or OFFERED)
    raise TypeError(f"no column holds {'.'.join(keys)}: {shape}")


def _table(shape: Shape, keys: Keys) -> Table | None:
    """The sheet of what stands under `keys`; None when columns are enough."""
    match shape:
        case Rows(of=Record() as record):
            return _sheet(keys, Many.LISTED, record)
        case Variant():
            return _sheet(keys, Many.SINGLE, _every_field(shape))
        case ByName(of=Record() as record):
            fields = tuple(
                _place_of(of, (name,)) for name, of in {**record.required, **record.optional}.items()
            )
            return Table(_sheet_name(keys), keys, Many.NAMED, fields, owner=_row_name(keys))
    return None


def _sheet(keys: Keys, many: Many, record: Record) -> Table:
    fields, tables = _columns(record, ())
    identity = next((name for name in ("code", "id") if name in record.required), "")
    below = tuple(_owned(table, _row_name(keys)) for table in tables)
    return Table(_sheet_name(keys), keys, many, fields, identity=identity, tables=below)


def _owned(table: Table, owner: str) -> Table:
    """`table` with the column that names whom its rows belong to."""
    clash = any(field.name == owner for field in table.fields)
    return replace(table, owner=owner, prefix=f"{table.keys[-1]}." if clash else "")


def _place_of(shape: Shape, keys: Keys) -> Field:
    """One place of a list, where parallel lists go down a sheet instead of across."""
    match shape:
        case Rows(of=Words() as leaf):
            return Field(keys, Form.VALUE, leaf)
        case Localised(of=Rows(of=Words() as leaf)):
            return Field(keys, Form.TEXT, leaf)
    raise TypeError(f"no column holds a place of {'.'.join(keys)}: {shape}")


def _every_field(variant: Variant) -> Record:
    """One record with the fields of all the kinds: each kind leaves the others' columns empty."""
    fields: dict[str, Shape] = {}
    for record in variant.records.values():
        for name, shape in {**record.required, **record.optional}.items():
            if fields.setdefault(name, shape) != shape:
                raise TypeError(f"{name} has two shapes in one sheet")
    return Record({variant.key: Choice(tuple(variant.records))}, fields)


def _sheet_name(keys: Keys) -> str:
    return SHEETS[keys][0] if keys in SHEETS else " ".join(keys).capitalize()


def _row_name(keys: Keys) -> str:
    return SHEETS[keys][1] if keys in SHEETS else keys[-1]


LAYOUT = _laid_out()


def with_owners(table: Table = LAYOUT) -> Iterator[tuple[Table, Table]]:
    """Every sheet below `table` after the one it belongs to, which comes first in each pair."""
    for below in table.tables:
        yield table, below
        yield from with_owners(below)


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of a sheet: a field, in a locale where it is a text, at a place (from 1) where it is a list."""

    title: str
    field: Field
    locale: str = ""
    place: int = 0


def slots_of(table: Table, locales: Iterable[str], places: Mapping[Field, int]) -> list[Slot]:
    """The columns of `table` in `locales`, with room for the longest lists, given in `places`. Languages alternate."""
    return [slot for field in table.fields for slot in _slots(table.title(field), field, locales, places)]


def _slots(title: str, field: Field, locales: Iterable[str], places: Mapping[Field, int]) -> list[Slot]:
    match field.form:
        case Form.TEXT:
            return [Slot(f"{title}.{locale}", field, locale) for locale in locales]
        case Form.TEXTS:
            every = range(1, max(field.offered, places.get(field, 0)) + 1)
            return [Slot(f"{title}.{one}.{n}", field, one, n) for n in every for one in locales]
    return [Slot(title, field)]


_TEXT_TITLE = re.compile(rf"(?P<name>.+)\.(?P<locale>{LOCALE})(?:\.(?P<place>[1-9][0-9]?))?")


def slot_named(table: Table, title: str) -> Slot | None:
    """The column that `title` names on the sheet of `table`."""
    fields = {table.title(field): field for field in table.fields}
    if title in fields and fields[title].form not in {Form.TEXT, Form.TEXTS}:
        return Slot(title, fields[title])
    found = _TEXT_TITLE.fullmatch(title)
    field = fields.get(found["name"]) if found else None
    if not found or field is None or field.form is not (Form.TEXTS if found["place"] else Form.TEXT):
        return None
    return Slot(title, field, found["locale"], int(found["place"] or 0))
