"""Names of files as people gave them, without what could harm: paths, controls, disguises, endless length."""

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 120
"""Characters of a whole name, its ending included."""

_UNFIT = re.compile(r'[\\/:*?"<>|]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(name: str, endings: Sequence[str]) -> str:
    """`name` as it is kept and offered again, ending as its content says (`endings`, the usual one first).

    Only what stands after the last slash counts. An ending that does not fit the content stays visible before the one
    that does: "bilan.exe" that is a PDF becomes "bilan.exe.pdf". Never empty, at most LONGEST characters.
    """
    last = re.split(r"[\\/]", name.rstrip("\\/ "))[-1]
    plain = _plain(last)
    stem, dot, given = plain.rpartition(".")
    fits = bool(dot) and given.lower() in endings
    ending = given.lower() if fits else endings[0]
    stem = (stem if fits else plain).lstrip(". ")[: LONGEST - len(ending) - 1].rstrip(" .")
    if _DEVICES.fullmatch(stem):
        stem += "_"
    return f"{stem or 'file'}.{ending}"


def _plain(text: str) -> str:
    """Composed, without controls and marks that turn the reading round, blanks in one piece."""
    spaced = _UNFIT.sub(" ", unicodedata.normalize("NFC", text))
    shown = "".join(" " if c.isspace() or c in "\r\n\t" else c for c in spaced)
    kept = "".join(c for c in shown if c == " " or (c.isprintable() and unicodedata.category(c) != "Cf"))
    tight = re.sub(r"\s+", " ", kept).strip()
    return re.sub(r" +\.(?=[^.]*$)", ".", tight)
