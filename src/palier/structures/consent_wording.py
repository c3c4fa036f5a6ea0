"""What an owner agrees to for a territory group: texts kept by version, never changed once published."""

from functools import cache
from importlib.resources import files
from typing import Final

from palier.assessments.consent_wording import Wording

CURRENT: Final = "1"
"""The version asked today. To change a word, add files `<version>.en.txt` and `<version>.fr.txt` and name them here."""


@cache
def wording(version: str = CURRENT) -> Wording:
    """The text of a version. Raises FileNotFoundError for one that never was."""
    folder = files("palier.structures") / "consent"
    english, french = ((folder / f"{version}.{locale}.txt").read_text("utf-8") for locale in ("en", "fr"))
    return Wording(version, english, french)
