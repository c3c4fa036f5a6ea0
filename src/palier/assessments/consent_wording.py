"""What an organisation is asked before its scores join a benchmark: texts kept by version, never changed once published."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

CURRENT: Final = "1"
"""The version asked today. To change a word, add files `<version>.en.txt` and `<version>.fr.txt` and name them here."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the text, in both languages; each line is a paragraph."""

    version: str
    english: str
    french: str

    @property
    def hash(self) -> str:
        """SHA-256 of both texts, in hexadecimal: kept with every answer."""
        return hashlib.sha256(f"{self.english}\0{self.french}".encode()).hexdigest()

    def paragraphs(self, locale: str) -> tuple[str, ...]:
        """The text in the reader's language."""
        return tuple((self.french if locale == "fr" else self.english).splitlines())


@cache
def wording(version: str = CURRENT) -> Wording:
    """The text of a version. Raises FileNotFoundError for one that never was."""
    folder = files("palier.assessments") / "consent"
    english, french = ((folder / f"{version}.{locale}.txt").read_text("utf-8") for locale in ("en", "fr"))
    return Wording(version, english, french)
