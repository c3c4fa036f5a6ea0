"""A questionnaire as a YAML text for people: laid out as the shipped files are, texts in quotes, order of the format.

The other border with PyYAML, beside `yaml_text`, which reads.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from palier.questionnaires.format import QUESTIONNAIRE
from palier.questionnaires.shapes import ByName, Localised, Record, Rows, Shape, Variant

_WIDEST = 160
"""Characters of a group that may stand on one line."""
_PLAIN = re.compile(r"[A-Za-z0-9]+([._\-][A-Za-z0-9]+)*")
"""Codes, ids, versions and words of the format, which need no quotes."""
_TEXT = "tag:yaml.org,2002:str"


def yaml_text_of(data: Mapping[str, Any]) -> str:
    """`data` as a text that `yaml_text.parse` reads as the same data; comments of the file it came from are gone."""
    return str(yaml.serialize(_node(data, QUESTIONNAIRE), Dumper=_Indenting, allow_unicode=True, width=10**6))


class _Indenting(yaml.SafeDumper):
    """Lists stand two spaces inside their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        del indentless
        return super().increase_indent(flow, indentless=False)


def _node(value: Any, shape: Shape | None, *, prose: bool = False) -> Any:
    """The YAML node of `value`; prose stands in quotes whatever it looks like."""
    if isinstance(value, Mapping):
        shapes = _shapes(shape, value)
        pairs = [
            (_scalar(key), _node(value[key], shapes.get(key), prose=prose or isinstance(shape, Localised)))
            for key in _in_order(value, shapes)
        ]
        flow = "code" not in value and sum(_width(key) + _width(item) + 4 for key, item in pairs) <= _WIDEST
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow)
    if isinstance(value, list):
        of = shape.of if isinstance(shape, Rows) else None
        items = [_node(item, of, prose=prose) for item in value]
        flow = sum(_width(item) + 2 for item in items) <= _WIDEST and not any(map(_is_block, items))
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=flow)
    return _scalar(value, prose=prose)


def _shapes(shape: Shape | None, value: Mapping[str, Any]) -> dict[str, Shape]:
    """The shape of what stands under each key, in the order of the format."""
    match shape:
        case Variant():
            shape = shape.records.get(str(value.get(shape.key)), Record({}, {}))
            return {**shape.required, **shape.optional}
        case Record():
            return {**shape.required, **shape.optional}
        case Localised() | ByName():
            return dict.fromkeys(value, shape.of)
    return {}


def _in_order(value: Mapping[str, Any], shapes: Mapping[str, Shape]) -> list[str]:
    """Keys as the format names them, but what goes on for pages after what fits on a line."""
    named = [*(key for key in shapes if key in value), *(key for key in value if key not in shapes)]
    return sorted(named, key=lambda key: _pages(value[key]))


def _pages(value: Any) -> int:
    """0 for values and texts, 1 for a list of groups or named groups, 2 where such lists stand in such lists."""
    inside: Iterable[Any] = (
        value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    )
    groups = isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
    return min(2, max((_pages(item) for item in inside), default=0) + groups)


def _scalar(value: Any, *, prose: bool = False) -> Any:
    if isinstance(value, bool):
        return yaml.ScalarNode("tag:yaml.org,2002:bool", "true" if value else "false")
    if isinstance(value, int):
        return yaml.ScalarNode("tag:yaml.org,2002:int", str(value))
    plain = not prose and _PLAIN.fullmatch(value) and _read_as_text(value)
    return yaml.ScalarNode(_TEXT, value, style=None if plain else '"')


def _read_as_text(word: str) -> bool:
    """Whether YAML reads `word` without quotes as the text it is: 1.0.0 yes, 20 and no and 2026-01-01 not."""
    return bool(yaml.resolver.Resolver().resolve(yaml.ScalarNode, word, (True, False)) == _TEXT)


def _width(node: Any) -> int:
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    if isinstance(node, yaml.MappingNode):
        return sum(_width(key) + _width(item) + 4 for key, item in node.value)
    return sum(_width(item) + 2 for item in node.value)


def _is_block(node: Any) -> bool:
    return not isinstance(node, yaml.ScalarNode) and not node.flow_style
