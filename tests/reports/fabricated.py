"""Documents nobody drew up: every kind there is, made from its own fields, every text in it somebody's worst.

A kind added to `record.KINDS` is in here without being asked; so is a field added to a kind.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from palier.reports.rules.accent import DEFAULT_ACCENT
from tests.reports import samples

PAGE = "https://palier.example/verify"

OURS: dict[tuple[str, str], Any] = {
    ("Issuer", "accent"): DEFAULT_ACCENT,
    ("Seal", "code"): "7KQ2M9XD4RTBHW3C",
    ("Seal", "page"): PAGE,
    ("Options", "sections"): (),
}
"""What no person writes: a colour is checked before it is kept, a code and its address are the house's; all sections are shown."""

LEVELS, OTHERS = 5, 2
"""How many there are of levels, as everywhere in the house, and of anything else."""


def fabricate(kind: Any, texts: Sequence[str]) -> Any:
    """A document of `kind` with nothing left out; its texts are `texts`, one after the other and over again."""
    return _value(kind, "", itertools.cycle(texts))


def _value(kind: Any, name: str, texts: Iterator[str]) -> Any:
    if get_origin(kind) is UnionType:
        return _value(next(part for part in get_args(kind) if part is not NoneType), name, texts)
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        several = (parts[0],) * (LEVELS if name == "levels" else OTHERS)
        return tuple(_value(part, name, texts) for part in (several if parts[-1] is Ellipsis else parts))
    if is_dataclass(kind):
        return _record(kind, texts)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    return next(texts) if kind is str else _PLAIN[kind]


_PLAIN: dict[Any, Any] = {
    int: 3,
    bool: True,
    Fraction: Fraction(425, 10),
    date: date(2026, 12, 1),
    datetime: datetime(2026, 11, 27, 16, 32, tzinfo=UTC),
    bytes: samples.logo().content,
}


def _record(kind: Any, texts: Iterator[str]) -> Any:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind) if field.init]
    told = {name: _value(hints[name], name, texts) for name in names if (kind.__name__, name) not in OURS}
    return kind(**told | {name: OURS[kind.__name__, name] for name in names if name not in told})
