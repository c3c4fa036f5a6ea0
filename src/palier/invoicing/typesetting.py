"""From an invoice to the sheet WeasyPrint reads. CPU-bound: in a worker of the press."""

import hashlib
from datetime import UTC, datetime, time
from pathlib import Path

from palier.foundation import language, templates
from palier.foundation.language import gettext as _
from palier.invoicing import factur_x, wording
from palier.invoicing.printing import Sheet
from palier.invoicing.rules.documents import Document
from palier.reports import dressing, pdf
from palier.reports.legibility import legible
from palier.reports.rules.options import Options

_STYLES = Path(__file__).resolve().parents[3] / "static" / "css"
REPORT, INVOICE = _STYLES / "report.css", _STYLES / "report-invoice.css"


def print_sheet(sheet: Sheet, locale: str) -> bytes:
    """The pages, with the data attached where the document was issued. The same sheet gives the same bytes."""
    language.use(locale)
    document = legible(sheet.document, locale, pdf.printable)
    if sheet.cii:
        factur_x.check(sheet.cii)
    draft = Options(watermark="" if sheet.cii else _("Draft"))
    return pdf.render_pdf(
        sheet_html(document, draft=not sheet.cii),
        (REPORT.read_text("utf-8"), INVOICE.read_text("utf-8"), ":root{--accent:#1E4D92}" + dressing.sheet_of(draft)),
        dressing.drawings_of(draft),
        [factur_x.attachment(sheet.cii, _("The invoice as data (Factur-X)"))] if sheet.cii else [],
        _metadata(document, sheet.cii),
        locale,
    )  # fmt: skip


def sheet_html(document: Document, *, draft: bool) -> str:
    """The source of the pages, in the language in use."""
    return templates.render(
        "invoicing/document/invoice.html",
        document=document,
        draft=draft,
        words=wording,
        style=document.treatment,
    )


def _metadata(document: Document, cii: bytes) -> pdf.Metadata:
    title = wording.title_of(document)
    return pdf.Metadata(
        title, document.seller.name, _("%(title)s to %(buyer)s") % {"title": title, "buyer": document.buyer.name},
        datetime.combine(document.issued_on, time(12), UTC), hashlib.sha256(cii or title.encode()).hexdigest()[:32].encode(),
        factur_x.vocabulary() if cii else pdf.Vocabulary(),
    )  # fmt: skip
