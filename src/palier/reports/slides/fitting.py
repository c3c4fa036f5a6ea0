"""Whether words fit their place on a slide: measured before they are put there, for no slide shrinks or scrolls.

The widths are those of Arial, which every presentation program has or replaces with a face of the very same widths.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LINE = 1.2
"""Height of a line, in sizes of its letters."""

BOLD = 1.08
"""How much wider bold letters are, at the most."""

LONGEST_MEASURED = 1500
"""Characters that may stand on a slide, whatever the room."""

_DIGIT, _OTHER, _WIDE = 556, 720, 1000
_WIDTHS = dict(
    zip(
        " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        (
            278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 278, 278, 584, 584, 584, 556,
            1015, 278, 278, 278, 469, 556, 333, 334, 260, 334, 584,
        ),
        strict=True,
    )
)  # fmt: skip
_CAPITALS = (667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
             667, 944, 667, 667, 611)  # fmt: skip
_SMALL = (556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500,
          722, 500, 500, 500)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fitted:
    """Words that fit: how large, on how many lines, and whether they are `whole`."""

    text: str
    size: float
    lines: int
    whole: bool


def fitted(text: str, width: float, height: float, sizes: Sequence[float], *, bold: bool = False) -> Fitted:
    """`text` in the largest of `sizes` (points, falling) that fits `width` and `height` (points); else cut at the smallest."""
    measured = text[:LONGEST_MEASURED]
    for size in sizes:
        lines = len(wrapped(measured, size, width, bold=bold))
        if measured == text and lines <= _room(height, size):
            return Fitted(text, size, lines, whole=True)
    return _cut(measured, sizes[-1], width, _room(height, sizes[-1]), bold)


def _room(height: float, size: float) -> int:
    """Lines that fit one above the other, one at least."""
    return max(1, int(height / (LINE * size) + 0.01))


def _cut(text: str, size: float, width: float, lines: int, bold: bool) -> Fitted:
    """The longest beginning that fits, with an ellipsis."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(wrapped(_ended(text, middle), size, width, bold=bold)) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return Fitted(_ended(text, low), size, lines, whole=False)


def _ended(text: str, length: int) -> str:
    return text[:length].rstrip() + "…"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide `text` is on one line, in points."""
    return sum(map(_width, text)) * size / 1000 * (BOLD if bold else 1)


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """The lines `text` takes, broken at spaces and inside words that are too long for any line."""
    most = width * 1000 / size / (BOLD if bold else 1)
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, most)]


def _lines(paragraph: str, most: float) -> list[str]:
    lines, room = [""], most
    for word in paragraph.split(" "):
        space = _width(" ") if lines[-1] else 0
        needed = sum(map(_width, word))
        if lines[-1] and space + needed > room:
            lines.append("")
            room, space = most, 0
        if needed <= most:
            lines[-1] += (" " if space else "") + word
            room -= space + needed
        else:
            room = _spelt(word, lines, most)
    return lines


def _spelt(word: str, lines: list[str], most: float) -> float:
    """Put a word that is longer than a line where it breaks by itself; returns the room left on its last line."""
    room = most
    for letter in word:
        if _width(letter) > room and lines[-1]:
            lines.append("")
            room = most
        lines[-1] += letter
        room -= _width(letter)
    return room


@lru_cache(maxsize=4096)
def _width(letter: str) -> int:
    """The width of a character in thousandths of its size."""
    plain = unicodedata.normalize("NFD", letter)[0]
    if "A" <= plain <= "Z":
        return _CAPITALS[ord(plain) - 65]
    if "a" <= plain <= "z":
        return _SMALL[ord(plain) - 97]
    if plain in "\u00a0\u202f":
        return _WIDTHS[" "]
    if plain in _WIDTHS:
        return _WIDTHS[plain]
    if plain.isdigit():
        return _DIGIT
    return _OTHER if ord(plain) < 0x2000 else _WIDE
