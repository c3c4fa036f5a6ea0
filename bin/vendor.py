"""Fill static/vendor from node_modules: htmx as it is, fonts subset for the web and whole for PDF.

Run by bin/setup.py with the virtual environment's Python. The web subsets published for these fonts lack
U+202F, which every French number uses, so the subsets are made here from the full families, and checked.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
INTER = MODULES / "inter-ui"
SERIF = MODULES / "source-serif"

# Latin for every language of the Union, then the signs that product texts and numbers use.
RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x2010, 0x2027)]
SPACES_AND_QUOTES = "\u2009\u200a\u202f\u2030\u2032\u2033\u2039\u203a\u2044\u20ac\u2122\u02c6\u02dc"
ARROWS_AND_MARKS = "\u2190\u2191\u2192\u2193\u2197\u2198\u25cf\u25cb\u2713"
MATHEMATICS = (
    "\u0394\u03a3\u2070\u2074\u2080\u2081\u2082\u2083\u2206\u2211\u2212\u2215\u221e\u2248\u2260\u2264\u2265"
)
WEB_CHARACTERS = {code for first, last in RANGES for code in range(first, last + 1)} | {
    ord(sign) for sign in SPACES_AND_QUOTES + ARROWS_AND_MARKS + MATHEMATICS
}
REQUIRED = set(map(ord, "\u00a0\u202f\u2011\u2192\u2212\u2019\u00ab\u00bb\u2264\u2265\u0153\u20ac"))
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "case", "tnum", "lnum", "sups", "subs"]
FEATURES += ["cv05", "ss03"]  # the l with a tail and the round quotes of static/css

PDF_FONTS = {
    "Inter-Regular": INTER / "web" / "Inter-Regular.woff2",
    "Inter-Italic": INTER / "web" / "Inter-Italic.woff2",
    "Inter-Medium": INTER / "web" / "Inter-Medium.woff2",
    "Inter-SemiBold": INTER / "web" / "Inter-SemiBold.woff2",
    "Inter-Bold": INTER / "web" / "Inter-Bold.woff2",
    "SourceSerif4-Regular": SERIF / "TTF" / "SourceSerif4-Regular.ttf",
    "SourceSerif4-Italic": SERIF / "TTF" / "SourceSerif4-It.ttf",
    "SourceSerif4-SemiBold": SERIF / "TTF" / "SourceSerif4-Semibold.ttf",
    "SourceSerif4-Bold": SERIF / "TTF" / "SourceSerif4-Bold.ttf",
}


def main() -> int:
    for folder in ("fonts", "pdf-fonts"):
        (VENDOR / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "htmx.min.js", VENDOR / "htmx.min.js")
    write_inter()
    write_serif()
    for name, source in PDF_FONTS.items():
        write_pdf_font(source, VENDOR / "pdf-fonts" / f"{name}.ttf")
    return 0


def write_inter() -> None:
    """All weights in one file; the optical size stays at text size, as on the mock-ups."""
    font = TTFont(INTER / "variable" / "InterVariable.woff2")
    subset(font)
    save_web_font(instantiateVariableFont(font, {"opsz": 14}), VENDOR / "fonts" / "inter.woff2")


def write_serif() -> None:
    """All weights in one file. The variable form lacks U+2011, which the static faces draw as U+2010.

    A changed Source may not be called Source (SIL Open Font License, reserved name): hence the new name.
    """
    font = TTFont(SERIF / "VAR" / "SourceSerif4Variable-Roman.ttf")
    for table in font["cmap"].tables:
        if table.isUnicode() and 0x2010 in table.cmap:
            table.cmap.setdefault(0x2011, table.cmap[0x2010])
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16, 25):
            record.string = "PalierReading" if record.nameID in (6, 25) else "Palier Reading"
    subset(font)
    save_web_font(instantiateVariableFont(font, {"opsz": 14}), VENDOR / "fonts" / "source-serif.woff2")


def save_web_font(font: TTFont, target: Path) -> None:
    check(font, target)
    font.flavor = "woff2"
    save(font, target)


def subset(font: TTFont) -> None:
    """Keep the characters and the features that the product uses; figures keep their tabular forms."""
    options = Options()
    options.layout_features = FEATURES
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=WEB_CHARACTERS)
    subsetter.subset(font)


def write_pdf_font(source: Path, target: Path) -> None:
    """The whole face as TrueType: WeasyPrint reads it twenty times faster than WOFF2."""
    font = TTFont(source)
    check(font, target)
    font.flavor = None
    save(font, target)


def check(font: TTFont, target: Path) -> None:
    """Refuse a face without the characters that French needs or without tabular figures."""
    characters = font.getBestCmap()
    missing = sorted(REQUIRED - set(characters))
    widths = {font["hmtx"][characters[ord(digit)]][0] for digit in "0123456789"}
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    if missing or (len(widths) > 1 and "tnum" not in features):
        named = " ".join(f"U+{code:04X}" for code in missing) or "tabular figures"
        raise SystemExit(f"{target.name} lacks {named}")


def save(font: TTFont, target: Path) -> None:
    """Written beside and renamed: a running server never reads half a font."""
    beside = target.with_suffix(".new")
    font.recalcTimestamp = False
    font.save(beside)
    beside.replace(target)


if __name__ == "__main__":
    sys.exit(main())
