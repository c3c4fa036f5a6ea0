"""How one value is written in a cell, and read from it again.

Numbers of the format are text already. An empty cell says nothing; a dash is an empty list.
"""

import re
from typing import Any

from palier.questionnaires.layout import Leaf
from palier.questionnaires.shapes import Truth, Whole

NOTHING = "-"
"""What stands for an empty list."""
_DASH = re.compile(r"(\\*)[-–—]")
"""A dash, or one that is meant as text, with a stroke before it."""
_YES, _NO = frozenset({"yes", "true", "oui", "vrai"}), frozenset({"no", "false", "non", "faux"})


def value_text(value: Any) -> str:
    """A text, a number, yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def value_of(leaf: Leaf, text: str) -> Any:
    """`text` as `leaf` wants it; what is no such value stays the text it is, for the format to refuse."""
    word = text.strip()
    if isinstance(leaf, Whole):
        return int(word) if re.fullmatch("[0-9]{1,9}", word) else text
    if isinstance(leaf, Truth):
        return True if word.lower() in _YES else False if word.lower() in _NO else text
    return text


def item_text(item: str) -> str:
    """A text in a cell of its own, where a lone dash would mean an empty list."""
    return f"\\{item}" if _DASH.fullmatch(item) else item


def item_of(text: str) -> str:
    """The text that `item_text` wrote."""
    found = _DASH.fullmatch(text)
    return text[1:] if found and found[1] else text


def is_nothing(text: str) -> bool:
    """Whether a cell says that a list is empty."""
    found = _DASH.fullmatch(text.strip())
    return found is not None and not found[1]


def parts_text(parts: list[str]) -> str:
    """Several texts in one cell: "a; b; c"."""
    if not parts:
        return NOTHING
    written = "; ".join(_part_text(part) for part in parts)
    return item_text(written)


def _part_text(part: str) -> str:
    marked = re.sub(r"[\\;]", r"\\\g<0>", part)
    return re.sub(r"^\s+|\s+$", lambda spaces: re.sub(".", r"\\\g<0>", spaces[0], flags=re.DOTALL), marked)


def parts_of(text: str) -> list[str]:
    """The texts that `parts_text` wrote, or that a person wrote as "a;b"."""
    if is_nothing(text):
        return []
    parts: list[list[str]] = [[]]
    for sign in re.findall(r"\\.|.", item_of(text), flags=re.DOTALL):
        if sign == ";":
            parts.append([])
        else:
            parts[-1].append(sign)
    return [part for signs in parts if (part := _part_of(signs))]


def _part_of(signs: list[str]) -> str:
    """Signs with a stroke stand for themselves; blanks around a part do not count."""
    while signs and signs[0].isspace():
        signs = signs[1:]
    while signs and signs[-1].isspace():
        signs = signs[:-1]
    return "".join(sign[-1] for sign in signs)
