"""What happens to every text of a document before it is set: nothing invisible, and French punctuation kept off line starts."""

import dataclasses
import re
import unicodedata
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

Data = TypeVar("Data")

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters nobody sees: controls, directions, joiners, surrogates, private and unassigned ones."""


def legible(value: Data, locale: str, printable: Callable[[str], str]) -> Data:
    """`value` with every text in it made `printable`, and spaced as `locale` wants it."""
    if isinstance(value, Enum | bytes):
        return value
    if isinstance(value, str):
        return spaced(printable(value), locale)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(legible(item, locale, printable) for item in value)  # type: ignore[return-value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            field.name: legible(getattr(value, field.name), locale, printable)
            for field in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **parts)
    return value


def visible(text: str) -> str:
    """`text` composed, without the characters nobody sees; tabs and line ends stay."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in "\n\t" or unicodedata.category(letter) not in INVISIBLE
    )


def spaced(text: str, locale: str) -> str:
    """In French, ordinary spaces before high punctuation become the ones that do not break."""
    if locale != "fr" or " " not in text:
        return text
    text = re.sub(r" (?=[;!?](?:\s|$))", "\u202f", text)
    return re.sub(r"(?<=«) | (?=(?:[:%](?:\s|$))|»)", "\u00a0", text)
