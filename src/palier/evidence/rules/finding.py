"""Finding evidence by words: every word, anywhere in the text, however it is accented. Pure."""

import unicodedata
from collections.abc import Iterable


def folded(text: str) -> str:
    """`text` without case and accents."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("’", "'").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def matches(words: str, texts: Iterable[str]) -> bool:
    """Whether each of the words stands somewhere in the texts; no words match everything."""
    whole = folded(" ".join(texts))
    return all(word in whole for word in folded(words).split())
