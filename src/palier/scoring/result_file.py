"""A result as a file for other programs: the exact tree with its hash, and every node on one line of its own.

What stands in it is told by `schema()`, made from the very types that are written. Source: docs/method.md#result.
"""

from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from palier.questionnaires.rules import Criterion, Dimension, Display, Element, Questionnaire
from palier.scoring.rules import Node, Result
from palier.scoring.rules.answers import State
from palier.scoring.rules.record import fields_of, is_later, present, result_hash, rounded, to_plain
from palier.scoring.rules.result import Kind, Withheld

SCORED = "scored"
"""The state of a node above the criteria that has a score; without one it is the reason."""

POINTS = Display(Fraction(100), 1)
"""How points are shown."""

_NUMBER = {"type": "string", "pattern": "^-?[0-9]+(/[1-9][0-9]*)?$"}


def result_file(questionnaire: Questionnaire, result: Result) -> dict[str, Any]:
    """The stored record of `result` with `hash`, `score`, `level` and the list of `nodes` beside it."""
    displays = displays_of(questionnaire)
    return {
        "hash": result_hash(result),
        "score": _exact(result.score),
        "level": result.level,
        "nodes": [_line(node, displays.get(node.code)) for node in result.nodes.values()],
        **to_plain(result),
    }


def displays_of(questionnaire: Questionnaire) -> dict[str, Display]:
    """The native scales declared, by the code of their node; the total's only where it is not that of points."""
    whole = questionnaire.display
    found = {} if whole == POINTS else {Kind.TOTAL.value: whole}
    own: list[Dimension | Element | Criterion] = [
        *questionnaire.dimensions, *questionnaire.elements, *questionnaire.criteria
    ]  # fmt: skip
    return found | {item.code: item.display for item in own if item.display}


def state_of(node: Node) -> str:
    """A criterion's own state; above, whether there is a score, or why not."""
    if node.answer:
        return node.answer.state.value
    return node.withheld.value if node.withheld else SCORED


def native_text(display: Display | None, points: Fraction | None) -> str | None:
    """`points` on the native scale as shown, rounded once; None where there is no scale or no score."""
    if display is None or points is None:
        return None
    return str(rounded(display.native(points), display.decimals))


def _line(node: Node, display: Display | None) -> dict[str, Any]:
    return {
        "code": node.code,
        "kind": node.kind.value,
        "state": state_of(node),
        "level": node.level,
        "score": _exact(node.score),
        "supported": _exact(node.supported),
        "coverage": _exact(node.coverage),
        "contribution": _exact(node.contribution),
        "native": _native(display, node.score),
    }


def _native(display: Display | None, points: Fraction | None) -> dict[str, str] | None:
    if display is None or points is None:
        return None
    shown = str(rounded(display.native(points), display.decimals))
    return {"value": str(display.native(points)), "max": str(display.max), "shown": shown}


def _exact(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


# --- the schema ------------------------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `result_file`."""
    definitions: dict[str, Any] = {}
    record = _object_of(Result, definitions)
    own = {
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "sha256 of the record"},
        "score": _or_null(_NUMBER | {"description": "the total, 0 to 100 points, exact"}),
        "level": {"type": ["integer", "null"], "description": "maturity level after gates"},
        "nodes": {"type": "array", "items": _line_schema(), "description": "every node, the total first"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Palier result",
        "description": 'Numbers are exact: a whole number or a fraction, as text ("125/3").',
        **record,
        "properties": own | record["properties"],
        "required": [*own, *record["required"]],
        "$defs": definitions,
    }


def _line_schema() -> dict[str, Any]:
    states = [*State, *Withheld, SCORED]
    texts = {"value": _NUMBER, "max": _NUMBER, "shown": {"type": "string"}}
    return _closed({
        "code": {"type": "string"},
        "kind": {"enum": [kind.value for kind in Kind]},
        "state": {"enum": sorted({str(state) for state in states})},
        "level": {"type": ["integer", "null"]},
        "score": _or_null(_NUMBER | {"description": "0 to 100 points"}),
        "supported": _or_null(_NUMBER | {"description": "points its evidence supports"}),
        "coverage": _or_null(_NUMBER | {"description": "answered share of what applies, 0 to 1"}),
        "contribution": _or_null(_NUMBER | {"description": "points brought to the parent's score"}),
        "native": _or_null(_closed(texts) | {"description": "on the model's own scale, where it has one"}),
    })  # fmt: skip


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with these fields, all of them and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field of type `kind`; records are kept by name in `definitions`."""
    if get_origin(kind) is UnionType and NoneType in get_args(kind):
        return _or_null(_schema_of(present(kind), definitions))
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _schema_of(get_args(kind)[0], definitions)}
    if kind is Fraction:
        return _NUMBER
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if issubclass(kind, StrEnum):
        return {"enum": [one.value for one in kind]}
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # named before it is written: a node holds nodes
        definitions[kind.__name__] = _object_of(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


_PLAIN = {bool: "boolean", int: "integer", str: "string"}


def _object_of(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {item.name: _schema_of(hint, definitions) for item, hint in fields_of(kind)}
    required = [item.name for item, _ in fields_of(kind) if not is_later(item)]
    return _closed(properties) | {"required": required}
