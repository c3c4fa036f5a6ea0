"""Finding words in texts: accents and case aside, every word of the question somewhere in the text."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST = 80
"""Characters of a question that are looked at."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, where it is, a line of context."""

    title: str
    address: str
    context: str = ""
    code: str = ""


def folded(text: str) -> str:
    """`text` without accents or case: "Éléments d’œuvre" becomes "elements d oeuvre"."""
    wide = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", " ").replace("'", " ")
    return "".join(c for c in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(c))


def words_of(question: str) -> tuple[str, ...]:
    """The words looked for, folded; a criterion's code ("SX1.1.1") stays whole."""
    return tuple(re.findall(r"[\w.]+", folded(question[:LONGEST])))


def matches(words: Sequence[str], *texts: str) -> bool:
    """Whether every word stands somewhere in the texts; no words match nothing."""
    everything = folded(" ".join(texts))
    return bool(words) and all(word in everything for word in words)


def in_order(hits: Iterable[Hit], words: Sequence[str]) -> list[Hit]:
    """Hits whose code or title holds every word first; the rest as they came."""
    return sorted(
        hits, key=lambda hit: (hit.code.casefold() not in words, not matches(words, hit.title, hit.code))
    )


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """`text` in pieces, with whether each was looked for: whole words that hold one of the words."""
    pieces = re.split(r"([\w.]+)", text)
    return [(piece, any(word in folded(piece) for word in words)) for piece in pieces if piece]
