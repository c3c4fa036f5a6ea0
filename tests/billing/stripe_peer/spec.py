"""What Stripe publishes about itself: the shapes of its objects, the calls it knows and what each of them may be asked.

Read from the OpenAPI file that `bin/stripe_world.py` fetches. Objects are checked more strictly than the file asks for:
a key it does not name is refused too, for that is what a slip of the pen looks like.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

FILE = Path(__file__).parents[3] / ".venv/stripe-world/site/seahaven_stripe_world/spec/spec3.json"
MISSING = (
    "STRIPE'S SCHEMA IS NOT HERE: nothing that asks Stripe is tested (python3 bin/setup.py test fetches it)"
)

Schema = dict[str, Any]


class NotOfStripe(AssertionError):
    """An object, event or call that Stripe could not have made: a fault of the peer, or of the schema's reading."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: its path as the schema writes it, the schema of what may be asked, the schema of its answer."""

    method: str
    path: str
    asked: Schema
    answered: Schema

    @property
    def pattern(self) -> re.Pattern[str]:
        named = self.path.replace("{id}", "{ident}")
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", named) + "$")


def available() -> bool:
    """Whether the schema was fetched."""
    return FILE.exists()


@cache
def published() -> Schema:
    """The file as it is."""
    return dict(json.loads(FILE.read_text()))


def version() -> str:
    """The version of the interface that the schema describes."""
    return str(published()["info"]["version"])


def component(name: str) -> Schema:
    return dict(published()["components"]["schemas"][name])


@cache
def operation(method: str, path: str) -> Operation:
    """
    :param path: as the schema writes it, "/v1/customers/{customer}".
    :raises KeyError: when Stripe knows no such call.
    """
    told = published()["paths"][path][method.lower()]
    asked: Schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    content = told.get("requestBody", {}).get("content", {})
    for body in content.values():
        asked = {**asked, **body["schema"]}
    for parameter in told.get("parameters", []):
        if parameter["in"] == "query":
            asked["properties"] = {**asked["properties"], parameter["name"]: parameter["schema"]}
    return Operation(method, path, asked, told["responses"]["200"]["content"]["application/json"]["schema"])


# --- checking -------------------------------------------------------------------------------------------------------


def check(value: Any, schema: Schema, what: str) -> None:
    """
    :param schema: of the published file, `$ref`s and all.
    :raises NotOfStripe: naming every place that is wrong.
    """
    errors = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in _validator(json.dumps(schema, sort_keys=True)).iter_errors(value)
    ]
    if errors:
        raise NotOfStripe(f"{what} is not as Stripe's schema says:\n  " + "\n  ".join(errors[:12]))


def check_object(value: dict[str, Any]) -> None:
    """An object that says itself what it is ("object": "customer")."""
    name = f"deleted_{value['object']}" if value.get("deleted") else value["object"]
    if name not in published()["components"]["schemas"]:
        raise NotOfStripe(f"Stripe has no {name}")
    check(value, {"$ref": f"#/components/schemas/{name}"}, f"{name} {value.get('id', '')}")


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator({**_strict(json.loads(schema)), **_definitions()})


@cache
def _definitions() -> Schema:
    return {"components": {"schemas": _strict(published()["components"]["schemas"], named=True)}}


def _strict(schema: Any, *, named: bool = False) -> Any:
    """JSON Schema of what OpenAPI 3.0 writes: `nullable` becomes null, and a closed shape is closed.

    :param named: the keys are names that Stripe gave (of properties, of components), not words of the language.
    """
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = schema if named else {key: part for key, part in schema.items() if not _is_aside(key)}
    plain = {key: _strict(part, named=not named and key == "properties") for key, part in kept.items()}
    if named:
        return plain
    if "properties" in plain:
        plain.setdefault("additionalProperties", False)
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def _is_aside(key: str) -> bool:
    return key.startswith("x-") or key in ("nullable", "description", "title", "maxLength")


# --- making ---------------------------------------------------------------------------------------------------------


def made(name: str, /, **said: Any) -> dict[str, Any]:
    """An object of Stripe's: what nobody said is null where the schema lets it be, and missing where it does not."""
    given = {"object": name, **said} if "object" in component(name)["properties"] else said
    return dict(_completed(component(name), given))


def _completed(schema: Schema, value: Any) -> Any:
    shape = _shape_of(schema, value)
    if isinstance(value, list):
        return [_completed(shape.get("items", {}), part) for part in value]
    if not isinstance(value, dict):
        return value
    known = shape.get("properties", {})
    nulls = {key: None for key, part in known.items() if part.get("nullable") is True}
    return nulls | {key: _completed(known.get(key, {}), part) for key, part in value.items()}


def _shape_of(schema: Schema, value: Any) -> Schema:
    """The branch of a schema that speaks of this value: named by its "object", or the only one that is an object."""
    if "$ref" in schema:
        return component(schema["$ref"].rpartition("/")[2])
    if "anyOf" not in schema:
        return schema
    branches = [_shape_of(branch, value) for branch in schema["anyOf"]]
    if not isinstance(value, dict):
        return schema
    shapes = [branch for branch in branches if "properties" in branch]
    named = [branch for branch in shapes if _is_named(branch, value.get("object"))]
    return next(iter(named or shapes), {})


def _is_named(shape: Schema, name: Any) -> bool:
    return name is not None and name in shape["properties"].get("object", {}).get("enum", [])
