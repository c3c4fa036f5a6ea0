"""Logos as we keep them: a small PNG or JPEG drawn anew, so that nothing else travels in the file."""

import asyncio
import io
from typing import TYPE_CHECKING

from palier.foundation.later import Later

if TYPE_CHECKING:
    import filetype
    from PIL import Image
else:
    filetype, Image = Later("filetype"), Later("PIL.Image")

HEAVIEST = 300_000
"""Bytes of an upload."""

_KINDS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_LARGEST, _KEPT = 6000, 800  # pixels of a side: refused above the first, reduced to the second


class LogoRefused(Exception):
    """Too heavy, or no picture we take."""


async def cleaned(data: bytes) -> tuple[str, bytes]:
    """The media type and bytes to keep of an uploaded PNG or JPEG. What it calls itself is not asked. Raises LogoRefused."""
    if len(data) > HEAVIEST or filetype.guess_mime(data) not in _KINDS:
        raise LogoRefused
    return await asyncio.to_thread(_redrawn, data, filetype.guess_mime(data))


def _redrawn(data: bytes, media_type: str) -> tuple[str, bytes]:
    try:
        with Image.open(io.BytesIO(data), formats=[_KINDS[media_type]]) as whole:
            whole.verify()  # a library in the same process may have told Pillow to accept half a picture
        with Image.open(io.BytesIO(data), formats=[_KINDS[media_type]]) as picture:
            if max(picture.size) > _LARGEST:
                raise LogoRefused
            plain = picture.convert("RGBA" if media_type == "image/png" else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise LogoRefused from error
    plain.thumbnail((_KEPT, _KEPT))
    drawn = io.BytesIO()
    plain.save(drawn, _KINDS[media_type], optimize=True)
    return media_type, drawn.getvalue()
