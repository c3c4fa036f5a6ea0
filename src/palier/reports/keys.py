"""The key a finished file is kept under. Apart from the typesetting, so that the web process need not load its engine."""

import dataclasses
import hashlib
import json
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from palier.foundation import templates
from palier.foundation.charts import drawing
from palier.reports.rules.kinds import Document

_ROOT = Path(__file__).resolve().parents[3]


def content_key(document: Document, locale: str) -> str:
    """SHA-256 of all that decides the bytes of the file: data, language, templates, styles, fonts, words and engine.

    Two documents with the same key are the same file, so a finished one can be kept under it.
    """
    data = json.dumps(dataclasses.asdict(document), default=_plain, ensure_ascii=False, sort_keys=True)
    parts = (_edition(), type(document).__name__, locale, data)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _edition() -> str:
    """What the house brings to a document, as one digest: anything changed here makes every kept file stale."""
    sheets = ("bars", "drawing", "shapes", "standing")
    crafts = (
        "board_wording",
        "bulletin_wording",
        "datafiles",
        "dressing",
        "figures",
        "form_wording",
        "legibility",
        "logos",
        "paper_wording",
        "pdf",
        "pdf_fields",
        "typesetting",
        "wording",
    )
    parts = [
        _ROOT / "static" / "css" / "report.css",
        _ROOT / "static" / "css" / "report-paper.css",
        *sorted((templates.ROOT / "reports" / "document").glob("*.html")),
        *sorted((_ROOT / "locale").glob("*/reports*.po")),
        *sorted((_ROOT / "static" / "vendor" / "pdf-fonts").glob("*.ttf")),
        *(Path(drawing.__file__ or "").with_name(f"{name}.py") for name in sheets),
        *(Path(__file__).with_name(f"{name}.py") for name in crafts),
        *sorted(Path(__file__).with_name("slides").glob("*.py")),
        *sorted(Path(__file__).with_name("rules").glob("*.py")),
    ]
    digest = hashlib.sha256(
        f"WeasyPrint {version('weasyprint')}, python-pptx {version('python-pptx')}".encode()
    )
    for part in parts:
        if part.is_file():
            digest.update(hashlib.sha256(part.read_bytes()).digest())
    return digest.hexdigest()


def _plain(value: Any) -> str:
    """What JSON has no word for: exact fractions, dates, pictures."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(f"no place in a document for {type(value).__name__}")
