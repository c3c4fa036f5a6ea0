"""Two signs on one document: within both standards, each named for those who cannot see it, whatever their shape."""

import io
from dataclasses import replace

import page
import pypdfium2
from PIL import Image

from palier.reports import typesetting
from palier.reports.rules.documents import Head, Logo
from tests.reports import samples


def sign(width: int, height: int) -> Logo:
    """A picture of these proportions."""
    out = io.BytesIO()
    Image.new("RGBA", (width, height), "#5b3a8c80").save(out, "PNG")
    return Logo(out.getvalue(), "image/png")


def test_two_signs_keep_both_standards_and_are_named_where_they_cannot_be_drawn():
    cover = samples.cover("en")
    heads = (
        Head("Cabinet <i>Horizon</i>", sign(1200, 90)),
        Head("Transports du Val", Logo(b"<svg/>", "image/png")),
    )
    document = samples.action_plan("en", 1, cover=replace(cover, heads=heads))
    content = typesetting.print_document(document, "en")
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(content, profile=page.ValidationProfile(profile))
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    with pypdfium2.PdfDocument(content) as pdf:
        first = pdf[0]
        pictures = [one for one in first.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        words = first.get_textpage().get_text_bounded()
    assert len(pictures) == 1
    assert words.count("Transports du Val") >= 2
    assert "Prepared by Hugo Martin" in words
