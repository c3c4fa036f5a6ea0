"""A document as plain data and back, exactly: what is kept so that the same file can be made again years later."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.certificates import Certificate
from palier.reports.rules.documents import ActionPlanDocument, ResultsAndPlan
from palier.reports.rules.kinds import Document
from palier.reports.rules.paper_questionnaires import PaperQuestionnaire
from palier.reports.rules.slides import Slides

KINDS: dict[str, Any] = {
    "results": ResultsAndPlan,
    "board": BoardSummary,
    "plan": ActionPlanDocument,
    "action": ActionSheet,
    "bulletin": Bulletin,
    "certificate": Certificate,
    "paper": PaperQuestionnaire,
    "slides": Slides,
}


def to_plain(document: Document) -> dict[str, Any]:
    """`document` as JSON-able data: fractions as "125/3", moments as ISO 8601, pictures as base64."""
    return {"kind": kind_of(document), "document": _plain(document)}


def kind_of(document: Document) -> str:
    """The name of the document's kind."""
    return next(name for name, kind in KINDS.items() if type(document) is kind)


def from_plain(plain: Mapping[str, Any]) -> Document:
    """The document that `to_plain` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    document: Document = _reader(KINDS[plain["kind"]])(plain["document"])
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Makes a value of type `kind` from what `_plain` wrote."""
    if get_origin(kind) is UnionType:
        return partial(_optional, _reader(next(part for part in get_args(kind) if part is not NoneType)))
    if get_origin(kind) is tuple:
        return _listed(get_args(kind))
    if is_dataclass(kind):
        return partial(_record, kind)
    return _SIMPLE.get(kind, kind)


_SIMPLE: dict[Any, Callable[[Any], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    bytes: partial(b64decode, validate=True),
}


def _optional(read: Callable[[Any], Any], plain: Any) -> Any:
    return None if plain is None else read(plain)


def _listed(parts: tuple[Any, ...]) -> Callable[[Any], Any]:
    """`tuple[X, ...]` holds any number of X, `tuple[X, Y]` one of each."""
    if parts[-1] is Ellipsis:
        every = _reader(parts[0])
        return lambda plain: tuple(every(item) for item in plain)
    each = [_reader(part) for part in parts]
    return lambda plain: tuple(read(item) for read, item in zip(each, plain, strict=True))


def _record(kind: Any, plain: Mapping[str, Any]) -> Any:
    """A field the record does not know yet keeps its default: documents of last year can still be read."""
    readers = _fields(kind)
    return kind(**{name: readers[name](value) for name, value in plain.items()})


@cache
def _fields(kind: Any) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}
