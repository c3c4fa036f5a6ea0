"""A result as plain data and back, its hash, and the one rounding there is: at display.

Source: docs/method.md#record.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from palier.scoring.rules.result import Result

FREE_TEXT = frozenset({"reason"})
"""Words a person wrote: kept in the record, left out of its hash, so that erasing a name breaks nothing."""


def to_plain(result: Result) -> dict[str, Any]:
    """The whole tree as JSON-able data; fractions as exact text ("125/3"), enumerations as their value."""
    return _plain(result, leave_out=frozenset())


def from_plain(plain: Mapping[str, Any]) -> Result:
    """The Result that `to_plain` wrote. Raises KeyError, TypeError, ValueError or AttributeError for anything else."""
    return _record(Result, plain)


def result_hash(result: Result) -> str:
    """sha256 (hex) of the canonical JSON of the tree, free texts left out."""
    plain = _plain(result, leave_out=FREE_TEXT)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def rounded(value: Fraction, decimals: int = 1) -> Decimal:
    """`value` with `decimals` decimals, half away from zero: the only rounding, done when shown."""
    scaled = abs(value) * 10**decimals
    digits = int(scaled + Fraction(1, 2))
    sign = 1 if value < 0 and digits else 0
    return Decimal((sign, tuple(int(digit) for digit in str(digits)), -decimals))


def _plain(value: Any, *, leave_out: frozenset[str]) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item, leave_out=leave_out) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: _plain(getattr(value, name), leave_out=leave_out)
            for name in _field_types(type(value))
            if name not in leave_out
        }
    return value


@cache
def _field_types(kind: type) -> dict[str, Any]:
    """Fields that make up a record, with their types; what a class derives by itself is left out."""
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind) if item.init}


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Makes a value of type `kind` from what `_plain` wrote."""
    if get_origin(kind) is UnionType:
        return partial(_optional, _reader(_present(kind)))
    if get_origin(kind) is tuple:
        return partial(_listed, get_args(kind)[0])
    if is_dataclass(kind):
        return partial(_record, kind)
    return partial(_simple, kind)


def _optional(read: Callable[[Any], Any], plain: Any) -> Any:
    return None if plain is None else read(plain)


def _listed(kind: Any, plain: Any) -> tuple[Any, ...]:
    return tuple(map(_reader(kind), plain))


def _record(kind: Any, plain: Any) -> Any:
    readers = _field_readers(kind)
    if plain.keys() != readers.keys():
        raise KeyError(f"not a record of {kind}")
    return kind(**{name: read(plain[name]) for name, read in readers.items()})


def _simple(kind: Any, plain: Any) -> Any:
    return plain if isinstance(plain, kind) else kind(plain)


@cache
def _field_readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    return {name: _reader(hint) for name, hint in _field_types(kind).items()}


def _present(kind: Any) -> Any:
    """The type beside None in an optional type."""
    return next(option for option in get_args(kind) if option is not NoneType)
