"""Printers that misbehave on purpose; workers import them by name."""

import io
import os
import signal
from pathlib import Path

import pikepdf

from palier.reports.press import print_document
from palier.reports.rules.documents import Unprintable
from palier.reports.rules.kinds import Document


def moody(document: Document, locale: str) -> bytes:
    """Does what the organisation's name says, prints everything else."""
    match document.cover.organisation:
        case "stuck":
            while True:
                pass
        case "asleep":
            while True:
                signal.pause()
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "greedy":
            return bytes(4_000_000_000)
        case "knotted":
            raise Unprintable("maximum recursion depth exceeded")
    return b"%PDF " + locale.encode()


def blank(document: Document, locale: str) -> bytes:
    """One empty page that knows whose it is: for whoever looks at what becomes of a file and not at its pages."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = f"{document.cover.organisation} {locale} {document.cover.seal}"
        pdf.save(out, static_id=True)
    return out.getvalue()


def interrupted_once(document: Document, locale: str) -> bytes:
    """Dies the first time, and leaves the file its round names behind; then prints what the house prints."""
    seen = Path(document.cover.round)
    if not seen.exists():
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return print_document(document, locale)
