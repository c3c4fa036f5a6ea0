"""The reader behind `palier.foundation.pdf_forms`: alone in a process of its own, under limits.

`python -m palier.foundation.pdf_reading` reads a PDF and writes its fields, or what is wrong with it, as JSON.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf

from palier.foundation.pdf_forms import BadForm, Trouble

MOST_MEMORY = 600_000_000
"""Bytes of address space."""

MOST_SECONDS = 10
"""Seconds of work."""

MOST_FIELDS, DEEPEST, LONGEST_NAME, LONGEST_TEXT, LONGEST = 20_000, 8, 300, 40_000, 4_000_000
"""Fields of a file, names within names, characters of a full name, of what a field holds and of all of it."""


def fields_in(data: bytes) -> dict[str, str]:
    """Every field of the form in the PDF `data`, with what it holds. Raises BadForm."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            form = pdf.Root.get("/AcroForm")
            if not isinstance(form, pikepdf.Dictionary) or not isinstance(form.get("/Fields"), pikepdf.Array):
                raise BadForm(Trouble.NO_FIELDS)
            found = _Fields()
            found.take(form.Fields)
            if not found.texts:
                raise BadForm(Trouble.NO_FIELDS)
            return found.texts
    except pikepdf.PasswordError as error:
        raise BadForm(Trouble.LOCKED) from error
    except MemoryError as error:
        raise BadForm(Trouble.TOO_MUCH) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise BadForm(Trouble.DAMAGED) from error


class _Fields:
    """The fields met so far; a tree that comes back to itself, or has no end, is left."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.seen: set[tuple[int, int]] = set()
        self.left, self.room = MOST_FIELDS, LONGEST

    def take(self, nodes: Any, above: str = "", depth: int = 0) -> None:
        """Every field among `nodes` and below them."""
        for node in _dictionaries(nodes):
            self._count(node, depth)
            name = _named(node, above)
            kids = [kid for kid in _dictionaries(node.get("/Kids")) if "/T" in kid]
            if kids:
                self.take(pikepdf.Array(kids), name, depth + 1)
            elif name and name not in self.texts:
                self.texts[name] = held = _held(node)
                self.room -= len(name) + len(held)

    def _count(self, node: pikepdf.Dictionary, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or self.room < 0 or depth > DEEPEST:
            raise BadForm(Trouble.TOO_MUCH)
        if node.is_indirect:
            if node.objgen in self.seen:
                raise BadForm(Trouble.DAMAGED)
            self.seen.add(node.objgen)


def _dictionaries(nodes: Any) -> Iterator[pikepdf.Dictionary]:
    if isinstance(nodes, pikepdf.Array):
        yield from (node for node in nodes if isinstance(node, pikepdf.Dictionary))


def _named(node: pikepdf.Dictionary, above: str) -> str:
    own = node.get("/T")
    name = str(own) if isinstance(own, pikepdf.String) else ""
    return ".".join(part for part in (above, name) if part)[:LONGEST_NAME]


def _held(node: pikepdf.Dictionary) -> str:
    """What a field holds: its text, or the name of what is chosen; nothing where it is switched off."""
    value = node.get("/V")
    if value is None and node.get("/FT", "/Btn") == "/Btn":
        value = _switched_on(node)
    if isinstance(value, pikepdf.Name):
        return "" if value == "/Off" else str(value)[1:]
    if isinstance(value, pikepdf.Stream):
        value = pikepdf.String(value.read_bytes()[: 2 * LONGEST_TEXT])
    return _clean(str(value)) if isinstance(value, pikepdf.String) else ""


def _switched_on(node: pikepdf.Dictionary) -> Any:
    """What the boxes of a field show, where a program has left it to them."""
    shown = (each.get("/AS") for each in (node, *_dictionaries(node.get("/Kids"))))
    return next((state for state in shown if isinstance(state, pikepdf.Name) and state != "/Off"), None)


def _clean(text: str) -> str:
    """As a form of the web would have sent it: one kind of line end, no character a table cannot hold."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return ends.encode("utf-8", "replace").decode()[:LONGEST_TEXT]


def main() -> None:
    """Read one PDF from standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer: dict[str, Any] = {"fields": fields_in(sys.stdin.buffer.read())}
    except BadForm as error:
        answer = {"trouble": error.trouble.value}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
