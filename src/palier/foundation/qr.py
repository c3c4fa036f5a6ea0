"""The border with segno: an address as a QR code, for a page, a poster and a file."""

import io
from typing import TYPE_CHECKING

from markupsafe import Markup

from palier.foundation.later import Later

if TYPE_CHECKING:
    import segno
else:
    segno = Later("segno")

_QUIET = 4
"""Modules left white around a code (ISO/IEC 18004)."""


def svg(address: str) -> Markup:
    """The code as an SVG element for a page: black on white in both themes."""
    made = _made(address)
    drawing = io.BytesIO()
    made.save(
        drawing, kind="svg", scale=1, border=_QUIET, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False,
        svgclass="qr-code", lineclass=None, omitsize=True,
    )  # fmt: skip
    return Markup(drawing.getvalue().decode())  # noqa: S704  (a drawing of squares, no text in it)


def svg_file(address: str) -> bytes:
    """The code as an SVG file to be printed at any size."""
    drawing = io.BytesIO()
    _made(address).save(drawing, kind="svg", scale=8, border=_QUIET, dark="#000", light="#fff")
    return drawing.getvalue()


def png_file(address: str) -> bytes:
    """The code as a PNG file of some 900 pixels."""
    picture = io.BytesIO()
    _made(address).save(picture, kind="png", scale=24, border=_QUIET)
    return picture.getvalue()


def _made(address: str) -> "segno.QRCode":
    """Level M: a poster may lose an eighth of its code to a scratch."""
    return segno.make(address, error="m", micro=False, boost_error=True)
