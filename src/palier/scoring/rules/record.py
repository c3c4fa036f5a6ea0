"""A result as plain data and back, its hash, and the one rounding there is: at display.

Source: docs/method.md#record.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from palier.scoring.rules.result import Result

FREE_TEXT = frozenset({"reason"})
"""Words a person wrote: kept in the record, left out of its hash, so that erasing a name breaks nothing."""

_NO_FIELDS: frozenset[str] = frozenset()


def to_plain(result: Result) -> dict[str, Any]:
    """The whole tree as JSON-able data; fractions as exact text ("125/3"), enumerations as their value."""
    plain: dict[str, Any] = _writer(Result, _NO_FIELDS)(result)
    return plain


def from_plain(plain: Mapping[str, Any]) -> Result:
    """The Result that `to_plain` wrote. Raises KeyError, TypeError, ValueError or AttributeError for anything else."""
    result: Result = _reader(Result)(plain)
    return result


def result_hash(result: Result) -> str:
    """sha256 (hex) of the canonical JSON of the tree, free texts left out."""
    return hash_of(hashed_part(result))


def hashed_part(result: Result) -> dict[str, Any]:
    """As `to_plain`, without the words people wrote: what the hash is made of."""
    plain: dict[str, Any] = _writer(Result, FREE_TEXT)(result)
    return plain


def hash_of(plain: Mapping[str, Any]) -> str:
    """sha256 (hex) of what `hashed_part` gives."""
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def rounded(value: Fraction, decimals: int = 1) -> Decimal:
    """`value` with `decimals` decimals, half away from zero: the only rounding, done when shown."""
    scaled = abs(value) * 10**decimals
    digits = int(scaled + Fraction(1, 2))
    sign = 1 if value < 0 and digits else 0
    return Decimal((sign, tuple(int(digit) for digit in str(digits)), -decimals))


# --- the fields of a record -------------------------------------------------------------------------------------------

# How a value is written and read follows from its field's type alone. It is worked out once for each type; asking
# every value what it is takes twice as long.


@cache
def fields_of(kind: type) -> tuple[tuple[Field[Any], Any], ...]:
    """Fields that make up a record, with their types; what a class derives by itself is left out."""
    hints = get_type_hints(kind)
    return tuple((item, hints[item.name]) for item in fields(kind) if item.init)


def is_later(item: Field[Any]) -> bool:
    """Whether the record did not always have this field: it is then written only where it differs from its default."""
    return bool(item.metadata.get("later"))


def present(kind: Any) -> Any:
    """The type beside None in an optional type."""
    return next(option for option in get_args(kind) if option is not NoneType)


# --- writing ----------------------------------------------------------------------------------------------------------

Turn = Callable[[Any], Any]


@cache
def _writer(kind: Any, left_out: frozenset[str]) -> Turn:
    """Turns a value of type `kind` into JSON-able data."""
    if get_origin(kind) is UnionType:
        return partial(_optional, _writer(present(kind), left_out))
    if get_origin(kind) is tuple:
        return partial(_list, get_args(kind)[0], left_out)
    if is_dataclass(kind):
        return _record_writer(kind, left_out)  # type: ignore[arg-type]
    return str if issubclass(kind, StrEnum | Fraction) else _itself


def _record_writer(kind: type, left_out: frozenset[str]) -> Turn:
    kept = [(item, hint) for item, hint in fields_of(kind) if item.name not in left_out]
    always = [(item.name, _writer(hint, left_out)) for item, hint in kept if not is_later(item)]
    names, writers = [name for name, _ in always], [write for _, write in always]
    values = attrgetter(*names)
    later = [(item.name, item.default, _writer(hint, left_out)) for item, hint in kept if is_later(item)]

    def write(record: Any) -> dict[str, Any]:
        plain = {name: turn(value) for name, turn, value in zip(names, writers, values(record), strict=True)}
        for name, default, turn in later:
            if (value := getattr(record, name)) != default:
                plain[name] = turn(value)
        return plain

    return write


def _list(kind: Any, left_out: frozenset[str], values: tuple[Any, ...]) -> list[Any]:
    # Looked up here and not bound before: a node holds nodes.
    return list(map(_writer(kind, left_out), values)) if values else []


def _optional(turn: Turn, value: Any) -> Any:
    return None if value is None else turn(value)


def _itself(value: Any) -> Any:
    return value


# --- reading ----------------------------------------------------------------------------------------------------------


@cache
def _reader(kind: Any) -> Turn:
    """Makes a value of type `kind` from what `_writer` wrote."""
    if get_origin(kind) is UnionType:
        return partial(_optional, _reader(present(kind)))
    if get_origin(kind) is tuple:
        return partial(_tuple, get_args(kind)[0])
    if is_dataclass(kind):
        return _record_reader(kind)  # type: ignore[arg-type]
    if issubclass(kind, StrEnum | Fraction):
        return lru_cache(maxsize=8192)(kind)
    return partial(_simple, kind)


def _record_reader(kind: type) -> Turn:
    hints = {item.name: hint for item, hint in fields_of(kind)}
    # A later field may be absent; one that says nothing may not be present: a record has one form.
    later = {item.name: item.default for item, _ in fields_of(kind) if is_later(item)}
    always = [(name, _reader(hint)) for name, hint in hints.items() if name not in later]
    names = frozenset(name for name, _ in always)

    def read(plain: Any) -> Any:
        given = {name: turn(plain[name]) for name, turn in always}
        if plain.keys() != names:
            for name in plain.keys() - names:
                given[name] = _reader(hints[name])(plain[name])
                if given[name] == later[name]:
                    raise ValueError(f"{name} is written where it says nothing")
        return kind(**given)

    return read


def _tuple(kind: Any, plain: Any) -> tuple[Any, ...]:
    return tuple(map(_reader(kind), plain))


def _simple(kind: Any, plain: Any) -> Any:
    return plain if isinstance(plain, kind) else kind(plain)
