"""The border with PyYAML: the only file that imports it.

Reads a text into plain data and remembers on which line everything stands, so that a fault can be shown where
it is. Nothing is guessed: repeated keys, anchors and texts that YAML 1.1 reads as something else are faults.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from palier.questionnaires.shapes import Cell, Path, Problem

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 40
"""No questionnaire nests deeper; far deeper would exhaust the interpreter's stack."""
_MOST = 100_000
"""Values of a file, ten times those of a long questionnaire."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Plain data, the line of every path in it (from 1), and what was wrong in the text itself.

    What comes from a workbook has `cells` as well; its lines are their rows.
    """

    data: Any
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...]
    cells: Mapping[Path, Cell] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def cell(self, path: Path) -> Cell | None:
        """The cell of `path`, or of the nearest thing around it; None in a text, or where nothing is known."""
        while path and path not in self.cells:
            path = path[:-1]
        return self.cells.get(path)


def parse(text: str) -> Parsed:
    """`text` as plain data. A text that is not YAML gives no data and one problem."""
    reader = _Reader()
    try:
        if refused := _too_much(text):
            return refused
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        return _unreadable(error)
    data = None if root is None else reader.value(root, ())
    return Parsed(data, reader.lines, tuple(reader.problems))


def _too_much(text: str) -> Parsed | None:
    """Refuse what would exhaust the stack or the patience, told from the events before anything is built."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or count > _MOST:
            reason = "nested too deep" if depth > _DEEPEST else f"more than {_MOST} values"
            return Parsed(None, {(): event.start_mark.line + 1}, (Problem((), reason),))
    return None


def _unreadable(error: yaml.YAMLError) -> Parsed:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Parsed(None, {(): mark.line + 1 if mark else 1}, (Problem((), f"not YAML: {reason}"),))


@dataclass(slots=True)
class _Reader:
    """One walk over YAML's nodes, collecting lines and problems on the way."""

    lines: dict[Path, int] = field(default_factory=lambda: {(): 1})
    problems: list[Problem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    scalars: Any = field(default_factory=yaml.constructor.SafeConstructor)

    def value(self, node: Any, path: Path) -> Any:
        """The plain value of `node`, which stands at `path`."""
        if id(node) in self.seen:
            return self._refuse(path, "anchors and aliases are not used in these files: write it out")
        if len(path) > _DEEPEST:
            return self._refuse(path, "nested too deep")
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, path)
        return self._scalar(node, path)

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            if key in plain:
                self._refuse((*path, key), "key given twice")
            else:
                plain[key] = self.value(value_node, (*path, key))
        return plain

    def _sequence(self, node: Any, path: Path) -> list[Any]:
        plain = []
        for place, item in enumerate(node.value):
            self.lines[(*path, place)] = item.start_mark.line + 1
            plain.append(self.value(item, (*path, place)))
        return plain

    def _scalar(self, node: Any, path: Path) -> Any:
        """Text, whole number, decimal, truth or nothing; dates and other guesses stay the text they are."""
        try:
            value = self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return self._refuse(path, f"unreadable value {node.value[:60]!r}")
        return value if value is None or isinstance(value, str | int | float | bool) else str(node.value)

    def _refuse(self, path: Path, reason: str) -> None:
        self.problems.append(Problem(path, reason))
