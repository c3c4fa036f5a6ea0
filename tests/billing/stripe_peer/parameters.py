"""Forms as Stripe reads them: `items[0][price]=…` becomes a tree, and the tree is read by the schema of its call.

Names nobody knows, values outside an enumeration, numbers that are none and required parts that are missing are refused.
"""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.refusals import Refusal, bad_request, missing_parameter, unknown_parameter

Tree = dict[str, Any]


def read(text: str, schema: spec.Schema) -> Tree:
    """
    :param text: a body or a query, as sent.
    :raises Refusal: 400, with the parameter's name.
    """
    return dict(_typed(_tree(text), schema, ""))


def _tree(text: str) -> Tree:
    tree: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        head, *rest = [re.match(r"[^\[]*", name)[0], *re.findall(r"\[([^\]]*)\]", name)]  # type: ignore[index]
        _plant(tree, [head, *rest], value)
    return tree


def _plant(tree: Tree, path: list[str], value: str) -> None:
    for step, following in pairwise(path):
        tree = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise bad_request(f"Invalid request: {following} has two shapes")
    tree[path[-1] or str(len(tree))] = value


# --- by the schema --------------------------------------------------------------------------------------------------


def _typed(value: Any, schema: spec.Schema, name: str) -> Any:
    if "$ref" in schema:
        return _typed(value, spec.component(schema["$ref"].rpartition("/")[2]), name)
    if "anyOf" in schema:
        return _any_of(value, schema["anyOf"], name)
    return READERS.get(schema.get("type", "object"), _string)(value, schema, name)


def _any_of(value: Any, branches: list[spec.Schema], name: str) -> Any:
    """The first shape that fits. When none does, the complaint of the shape that looks most like the value."""
    complaints: list[Refusal] = []
    for branch in sorted(branches, key=lambda branch: isinstance(value, dict) != _is_tree(branch)):
        try:
            return _typed(value, branch, name)
        except Refusal as refusal:
            complaints.append(refusal)
    raise complaints[0]


def _is_tree(schema: spec.Schema) -> bool:
    return schema.get("type") in ("object", "array")


def _object(value: Any, schema: spec.Schema, name: str) -> Tree:
    if not isinstance(value, dict):
        raise bad_request("Invalid object", "parameter_invalid_object", name)
    known, free = schema.get("properties", {}), schema.get("additionalProperties")
    for required in schema.get("required", []):
        if required not in value:
            raise missing_parameter(_below(name, required))
    read: Tree = {}
    for key, part in value.items():
        if key not in known and not isinstance(free, dict):
            raise unknown_parameter(_below(name, key))
        read[key] = _typed(part, known.get(key, free), _below(name, key))
    return read


def _array(value: Any, schema: spec.Schema, name: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise bad_request("Invalid array", "parameter_invalid_array", name)
    ordered = sorted(value.items(), key=lambda item: int(item[0]))
    return [_typed(part, schema["items"], _below(name, key)) for key, part in ordered]


def _integer(value: Any, schema: spec.Schema, name: str) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+", value):
        raise bad_request(f"Invalid integer: {value}", "parameter_invalid_integer", name)
    return int(value)


def _number(value: Any, schema: spec.Schema, name: str) -> float:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise bad_request(f"Invalid decimal: {value}", "parameter_invalid_decimal", name)
    return float(value)


def _boolean(value: Any, schema: spec.Schema, name: str) -> bool:
    if value not in ("true", "false"):
        raise bad_request(f"Invalid boolean: {value}", "parameter_invalid_boolean", name)
    return bool(value == "true")


def _string(value: Any, schema: spec.Schema, name: str) -> str:
    if not isinstance(value, str):
        raise bad_request("Invalid string", "parameter_invalid_string", name)
    if "enum" in schema and value not in schema["enum"]:
        raise bad_request(f"Invalid {name}: must be one of {', '.join(schema['enum'])}", None, name)
    if len(value) > schema.get("maxLength", 5000):
        raise bad_request(f"Invalid string: {name} is too long", "parameter_invalid_string_length", name)
    return value


READERS = {
    "object": _object, "array": _array, "integer": _integer, "number": _number, "boolean": _boolean, "string": _string,
}  # fmt: skip


def _below(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
