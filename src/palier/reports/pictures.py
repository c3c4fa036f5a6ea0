"""The border with pdfium: the pages of a PDF as small pictures. CPU-bound: call it in a worker process (`press`)."""

import io

import pypdfium2
from PIL import Image

from palier.reports.rules.pictures import MOST_PICTURES, PICTURE_WIDTH, Pictures

_COLOURS = 64
"""Flat print needs no more; the pictures then weigh a fifth."""


def pictures_of(content: bytes) -> Pictures:
    """The first pages of the PDF `content` as PNG files."""
    with pypdfium2.PdfDocument(content) as pdf:
        pdf.init_forms()  # or what stands in fields is not drawn; of no effect without any
        drawn = [_drawn(pdf[place]) for place in range(min(len(pdf), MOST_PICTURES))]
        return Pictures(tuple(_png(one) for one in drawn), len(pdf), max(one.height for one in drawn))


def _drawn(sheet: pypdfium2.PdfPage) -> Image.Image:
    picture: Image.Image = sheet.render(scale=PICTURE_WIDTH / sheet.get_width()).to_pil()
    return picture.crop((0, 0, PICTURE_WIDTH, picture.height))  # pdfium rounds up


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    flat = picture.convert("RGB").quantize(
        _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    flat.save(out, "PNG")
    return out.getvalue()
