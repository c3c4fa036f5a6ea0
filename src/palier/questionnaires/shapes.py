"""Shapes of plain data: each checks a value and describes itself as JSON Schema."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

LOCALE = r"[a-z]{2}(-[A-Z]{2})?"

Path = tuple[str | int, ...]
"""Keys and places from the top of a file down to one value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place of a file."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value stands in a workbook; the row counts from 1, `column` is its title, empty for the whole row."""

    sheet: str
    row: int
    column: str = ""

    def __str__(self) -> str:
        return f"{self.sheet} row {self.row}" + (f", column {self.column}" if self.column else "")


def path_text(path: Path) -> str:
    """`path` as a person writes it: dimensions[0].elements[1].label.fr; the whole file is "file"."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".") or "file"


class Shape(Protocol):
    """What a value may be."""

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """Everything wrong with `value`; `locales` are those the file declares."""
        ...

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of such a value."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """A text that is not empty, such as `pattern` when one is given."""

    pattern: str = ""
    such_as: str = ""
    longest: int = 0

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """A text; numbers and yes/no written without quotes are not."""
        if not isinstance(value, str):
            yield Problem(path, f"must be a text in quotes, not {_named(value)}")
        elif not value.strip():
            yield Problem(path, "is empty")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Problem(path, f"{value!r} is not {self.such_as}")
        elif self.longest and len(value) > self.longest:
            yield Problem(path, f"{len(value)} characters, at most {self.longest}: {value!r}")

    def schema(self) -> dict[str, Any]:
        """A string with its bounds."""
        bounds: dict[str, Any] = {"type": "string", "minLength": 1}
        if self.pattern:
            bounds["pattern"] = f"^({self.pattern})$"
        if self.longest:
            bounds["maxLength"] = self.longest
        return bounds


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`, without quotes."""

    low: int
    high: int

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """An integer within bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(path, f"must be a whole number without quotes, not {_named(value)}")
        elif not self.low <= value <= self.high:
            yield Problem(path, f"{value} is not between {self.low} and {self.high}")

    def schema(self) -> dict[str, Any]:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a closed list."""

    words: tuple[str, ...]

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """A word of the list."""
        if not isinstance(value, str) or value not in self.words:
            yield Problem(path, f"{_named(value)} is not one of {', '.join(self.words)}")

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of `least` items or more, `most` at most (0: no limit)."""

    of: Shape
    least: int = 0
    most: int = 0

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """A list of the right length, each item of the right shape."""
        if not isinstance(value, list):
            yield Problem(path, f"must be a list, not {_named(value)}")
            return
        yield from _length(value, self.least, self.most, path)
        for place, item in enumerate(value):
            yield from self.of.check(item, (*path, place), locales)

    def schema(self) -> dict[str, Any]:
        """An array with its bounds."""
        bounds = {"minItems": self.least} | ({"maxItems": self.most} if self.most else {})
        return {"type": "array", "items": self.of.schema(), **bounds}


@dataclass(frozen=True, slots=True)
class Localised:
    """A value for each locale of the file: no locale missing, none too many, lists of the same length."""

    of: Shape

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """Every locale, each of the right shape."""
        if not isinstance(value, Mapping):
            yield Problem(path, f"must give a text per locale, not {_named(value)}")
            return
        for locale in sorted(locales - set(value)):
            yield Problem(path, f"locale {locale} is missing")
        for locale, text in value.items():
            if locale not in locales:
                yield Problem((*path, locale), f"locale {locale} is not declared in `locales`")
            yield from self.of.check(text, (*path, locale), locales)
        if len({len(texts) for texts in value.values() if isinstance(texts, list)}) > 1:
            yield Problem(path, "the locales have lists of different lengths")

    def schema(self) -> dict[str, Any]:
        """An object keyed by locale."""
        return {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {f"^{LOCALE}$": self.of.schema()},
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class ByName:
    """Values under names of the author's choice."""

    of: Shape

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """At least one name, each value of the right shape."""
        if not isinstance(value, Mapping) or not value:
            yield Problem(path, f"must hold at least one named entry, not {_named(value)}")
            return
        for name, item in value.items():
            if not name.strip():
                yield Problem((*path, name), "is empty")
            yield from self.of.check(item, (*path, name), locales)

    def schema(self) -> dict[str, Any]:
        """An object with free keys."""
        return {"type": "object", "minProperties": 1, "additionalProperties": self.of.schema()}


@dataclass(frozen=True, slots=True)
class Record:
    """Named fields, the ones of `optional` may be absent; no other key."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """Every field that must be there, none unknown, each of the right shape."""
        if not isinstance(value, Mapping):
            yield Problem(path, f"must be a group of named fields, not {_named(value)}")
            return
        for name in self.required:
            if name not in value:
                yield Problem(path, f"{name} is missing")
        shapes = {**self.required, **self.optional}
        for name, item in value.items():
            if name in shapes:
                yield from shapes[name].check(item, (*path, name), locales)
            else:
                yield Problem((*path, name), f"unknown key {name}")

    def schema(self) -> dict[str, Any]:
        """An object without other keys."""
        shapes = {**self.required, **self.optional}
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in shapes.items()},
            "required": list(self.required),
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class Truth:
    """Yes or no, without quotes."""

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """true or false."""
        if not isinstance(value, bool):
            yield Problem(path, f"must be true or false without quotes, not {_named(value)}")

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several records, told apart by the word under `key`."""

    key: str
    records: Mapping[str, Record]

    def check(self, value: Any, path: Path, locales: frozenset[str]) -> Iterator[Problem]:
        """A known word, and the fields that go with it."""
        if not isinstance(value, Mapping):
            yield Problem(path, f"must be a group of named fields, not {_named(value)}")
            return
        word = value.get(self.key)
        if not isinstance(word, str) or word not in self.records:
            yield Problem((*path, self.key), f"{_named(word)} is not one of {', '.join(self.records)}")
            return
        yield from self._whole(word).check(value, path, locales)

    def schema(self) -> dict[str, Any]:
        """Exactly one of the records."""
        return {"oneOf": [self._whole(word).schema() for word in self.records]}

    def _whole(self, word: str) -> Record:
        record = self.records[word]
        return Record({self.key: Choice((word,)), **record.required}, record.optional)


def _named(value: Any) -> str:
    """What a person wrote, short enough for one line."""
    if isinstance(value, Mapping):
        return "a group of fields"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else repr(value)[:60]


def _length(value: list[Any], least: int, most: int, path: Path) -> Iterator[Problem]:
    if len(value) < least or (most and len(value) > most):
        wanted = f"{least}" if least == most else f"{least} to {most}" if most else f"at least {least}"
        yield Problem(path, f"{len(value)} given, {wanted} wanted")
