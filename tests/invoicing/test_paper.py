"""The invoice on paper: a PDF/A-3 that anybody reads, with the data inside, the same bytes every time."""

import io
from dataclasses import replace

import facturx
import page
import pikepdf
import pypdfium2
import pytest

from palier.foundation.language import speaking
from palier.invoicing import mentions
from palier.invoicing.cii import cii_of
from palier.invoicing.printing import Sheet, print_invoice
from palier.invoicing.rules.documents import Document
from palier.reports.press import FailureReason, Press, PrintingFailed
from tests.invoicing.samples import CLINIC, DISCOUNTED, GERMAN, PROFILES, TOWN, credit_of, invoice_for


def worded(document: Document) -> Document:
    """With the sentences of the house, in its language."""
    with speaking(document.locale):
        said = replace(
            document,
            terms=mentions.terms_of(document),
            exemption=mentions.exemption_of(document.treatment.category),
        )
        return replace(said, notes=mentions.notes_of(said))  # fmt: skip


def printed(document: Document) -> bytes:
    return print_invoice(Sheet(document, cii_of(document)), document.locale)


def text_of(pdf: bytes) -> str:
    return "\n".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf)).replace("\xa0", " ").replace("\u202f", " ")  # fmt: skip


@pytest.mark.parametrize("document", [
    worded(PROFILES["a public body with its codes"]), worded(credit_of(invoice_for(CLINIC, DISCOUNTED))),
    worded(invoice_for(GERMAN, locale="en")),
], ids=["public body", "credit note", "English"])  # fmt: skip
def test_the_file_is_an_archive_that_holds_its_data(document: Document) -> None:
    cii = cii_of(document)
    pdf = printed(document)
    assert pdf == printed(document)
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile(profile))
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    assert facturx.get_xml_from_pdf(pdf, check_xsd=True) == ("factur-x.xml", cii)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        file = opened.Root.AF[0]
        assert (file.AFRelationship, file.EF.F.Subtype) == ("/Alternative", "/text/xml")
        xmp = opened.Root.Metadata.read_bytes()
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in xmp
    assert b"<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>" in xmp
    assert len(pypdfium2.PdfDocument(pdf)) == 1


def test_what_the_law_wants_stands_on_the_page() -> None:
    said = text_of(printed(worded(invoice_for(TOWN, references=PROFILES["a public body with its codes"].references))))  # fmt: skip
    for words in ("F2026-0001", "SIRET 73282932000074", "FR44732829320", "21350238800019", "23 décembre 2026", "EJ-2026-0099",
                  "SERVICE-1234", "40 €", "R2192-31", "Pas d’escompte", "FR76 3000 6000 0112 3456 7890 189", "3 312,00 €", "552,00 €", "20 %"):  # fmt: skip
        assert words in said, words
    foreign = text_of(printed(worded(invoice_for(GERMAN))))
    assert "Autoliquidation" in foreign
    assert "DE123456788" in foreign
    credit = text_of(printed(worded(credit_of(invoice_for(CLINIC)))))
    assert "Avoir A2026-0001" in credit
    assert "F2026-0001" in credit
    assert "IBAN" not in credit


def test_a_draft_says_so_and_holds_no_data() -> None:
    pdf = print_invoice(Sheet(worded(invoice_for(CLINIC, number=""))), "fr")
    assert "brouillon" in text_of(pdf).lower()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/AF" not in opened.Root


async def test_the_press_of_the_house_prints_it_and_refuses_data_that_are_broken() -> None:
    press = Press(workers=1, printer=print_invoice)
    document = worded(invoice_for(CLINIC))
    try:
        assert await press.render(Sheet(document, cii_of(document)), "fr") == printed(document)
        with pytest.raises(PrintingFailed) as failed:
            await press.render(Sheet(document, b"<a/>"), "fr")
        assert failed.value.reason is FailureReason.FAULT
    finally:
        press.stop()
