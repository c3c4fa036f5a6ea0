"""A logo as it may enter a document: redrawn, so that nothing of the uploaded file but its picture goes out."""

import io

from PIL import Image, UnidentifiedImageError

LARGEST_PICTURE = 40_000_000
"""Pixels of a logo as uploaded; beyond, it is refused unread (a small file can unpack to gigabytes)."""


def redrawn(picture: bytes) -> bytes:
    """An uploaded picture as plain RGB(A) PNG: PDF/A has no place for other colour spaces, nor a document for surprises.

    Raises ValueError where it is no picture, or too large a one.
    """
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP")) as source:
            if source.width * source.height > LARGEST_PICTURE:
                raise ValueError("picture too large")
            drawn = source.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError) as fault:
        raise ValueError("not a picture") from fault
    drawn.thumbnail((1200, 600))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()
