"""A walk over the plain data of a questionnaire file, which may still be misshapen: what cannot be read is skipped."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from palier.questionnaires.building import DEFAULT_SCALE, signed_number
from palier.questionnaires.shapes import Path

Plain = Mapping[str, Any]
Located = tuple[Path, Plain]
"""A group of fields and where it stands."""


def rows(owner: Any, key: str, path: Path = ()) -> list[Located]:
    """The groups listed under `key`, with their paths; none when it is not a list of groups."""
    listed = owner.get(key) if isinstance(owner, Mapping) else None
    if not isinstance(listed, list):
        return []
    return [((*path, key, n), row) for n, row in enumerate(listed) if isinstance(row, Mapping)]


def elements(data: Plain) -> list[Located]:
    """Every element with its path."""
    return [e for path, dimension in rows(data, "dimensions") for e in rows(dimension, "elements", path)]


def criteria(data: Plain) -> list[Located]:
    """Every criterion with its path."""
    return [c for path, element in elements(data) for c in rows(element, "criteria", path)]


def levers(data: Plain) -> list[Located]:
    """Every lever with its path."""
    return [lever for path, element in elements(data) for lever in rows(element, "levers", path)]


def number_in(plain: Any) -> Fraction | None:
    """The number written as text in `plain`, None for anything else."""
    try:
        return signed_number(plain) if isinstance(plain, str) else None
    except ValueError:
        return None


def numbers_in(listed: Any) -> list[Fraction | None]:
    """The numbers of a list, None where one cannot be read."""
    return [number_in(item) for item in listed] if isinstance(listed, list) else []


def texts_in(value: Any) -> list[tuple[str, list[Any]]]:
    """The lists of a localised list, by locale."""
    if not isinstance(value, Mapping):
        return []
    return [(locale, texts) for locale, texts in value.items() if isinstance(texts, list)]


def word_under(plain: Any, key: str, default: str = "") -> str:
    """The text under `key`; empty for anything else."""
    value = plain.get(key, default) if isinstance(plain, Mapping) else default
    return value if isinstance(value, str) else ""


def whole_under(plain: Plain, key: str) -> int:
    """The whole number under `key`; 0, which is no level, for anything else."""
    value = plain.get(key)
    return value if isinstance(value, int) else 0


def given_under(plain: Plain, key: str) -> list[str]:
    """The texts listed under `key`."""
    listed = plain.get(key)
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []


def scale_of(data: Plain, criterion_path: Path) -> str:
    """The name of the scale of the criterion at `criterion_path`: its own, else its dimension's."""
    named = DEFAULT_SCALE
    place: Any = data
    for key in criterion_path:
        place = place[key]
        named = word_under(place, "scale", named) if isinstance(place, Mapping) else named
    return named


def rungs_of(data: Plain, criterion_path: Path) -> int:
    """How many levels the criterion at `criterion_path` has, 0 when its scale cannot be read."""
    scales = data.get("scales")
    scale = scales.get(scale_of(data, criterion_path)) if isinstance(scales, Mapping) else None
    return len(numbers_in(scale.get("values"))) if isinstance(scale, Mapping) else 0
