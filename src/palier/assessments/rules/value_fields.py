"""The fields a form has for a value, and back: `v` for one number, `v-<part>` for a part. Pure, and no judge.

What a value is worth, and whether it is one at all, is the engine's to say (`palier.scoring.rules.kinds`).
"""

import re
from collections.abc import Mapping
from typing import Any

from palier.questionnaires.rules.kinds import AnswerKind, Kind
from palier.scoring.rules.kinds import NONE

NUMBER_FIELD = "v"
PART = "v-"
TICKED = "yes"

_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f"))
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
"""1,234.5 as English writes it."""


def typed_fields(raw: Mapping[str, str]) -> dict[str, str]:
    """The fields of a value that are not empty, as typed."""
    return {
        name: text for name, text in raw.items() if text and (name == NUMBER_FIELD or name.startswith(PART))
    }


def value_in(raw: Mapping[str, str], locale: str) -> Any:
    """The value a form gives, unread; None where nothing was said. Raises ValueError for a form that is not ours."""
    fields = typed_fields(raw)
    if not fields:
        return None
    number = number_in(fields.get(NUMBER_FIELD, ""), locale)
    parts = {name.removeprefix(PART): text for name, text in fields.items() if name.startswith(PART)}
    match Kind(raw.get("kind", "")):
        case Kind.RANGE | Kind.KPI:
            return number or parts
        case Kind.OPTIONS:
            return [*parts, *([NONE] if number else [])] if parts else []
        case Kind.MATRIX | Kind.PDCA | Kind.RESULTS:
            return parts
        case Kind.LADDER:
            return list(parts)
        case Kind.NPS:
            return {**parts, "score": number} if number and parts else number or parts
    raise ValueError("a choice has no value fields")


def number_in(text: str, locale: str) -> str:
    """A number as people write it, as the engine reads it: "1 234,5" and "1,234.5" are 1234.5."""
    plain = text.translate(_BLANKS).replace("\u2212", "-")
    if locale == "en" and _GROUPED.fullmatch(plain):
        return plain.replace(",", "")
    return plain.replace(",", ".")


def cell_of(value: Any) -> str:
    """`value` as one cell of an answers file, which the engine reads back to the same; empty for none."""
    if isinstance(value, dict):
        return "; ".join(f"{name}={part}" for name, part in value.items())
    if isinstance(value, list):
        cell = "; ".join(map(str, value)) or NONE
        # A number alone would be "up to this level"; with its semicolon it is a list of one.
        return f"{cell};" if len(value) == 1 and isinstance(value[0], int) else cell
    return "" if value is None else str(value)


def fields_of(asked: AnswerKind, value: Any, mark: str = ".") -> dict[str, str]:
    """The fields that show `value`, plain data of the kind `asked`; numbers with the decimal `mark` of the reader."""
    if value is None:
        return {}
    match asked.kind, value:
        case ((Kind.RANGE | Kind.KPI | Kind.NPS), str()):
            return {NUMBER_FIELD: value.replace(".", mark)}
        case Kind.OPTIONS, []:
            return {NUMBER_FIELD: NONE}
        case Kind.OPTIONS, list():
            return {f"{PART}{one}": TICKED for one in value}
        case Kind.LADDER, list():
            return {f"{PART}{level}": TICKED for level in (1, *value)}
        case ((Kind.MATRIX | Kind.PDCA | Kind.RESULTS | Kind.NPS), dict()):
            return {f"{PART}{name}": str(part) for name, part in value.items()}
    return {}
