"""What the press is given, and by which name it finds who sets it in type."""

from dataclasses import dataclass
from pkgutil import resolve_name

from palier.invoicing.rules.documents import Document

ENGINE = "palier.invoicing.typesetting"
"""Loaded by name and in the workers only, as `palier.reports.press` does with its own."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to print. `cii`: its data as they were issued; empty for a draft, which is marked as one."""

    document: Document
    cii: bytes = b""


def print_invoice(sheet: Sheet, locale: str) -> bytes:
    """The sheet as PDF/A-3a and PDF/UA-1, with its data inside where it was issued. In a worker. Raises Unprintable."""
    content: bytes = resolve_name(f"{ENGINE}:print_sheet")(sheet, locale)
    return content
