"""Files people send, judged by their bytes: what they call themselves is not asked.

`received` is the one door. Pictures are drawn anew, so that nothing else travels in them; documents are looked through;
text is UTF-8 and no markup. Whatever gets in is only ever handed out again to be saved, never shown in place
(`palier.foundation.web.saved_as`).
"""

import asyncio
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from palier.foundation import office_files
from palier.foundation.file_names import safe_name
from palier.foundation.later import Later
from palier.foundation.refused_files import Reason, Refused
from palier.foundation.scanning import Scanner, unscanned

if TYPE_CHECKING:
    import filetype
    from PIL import Image, ImageOps
else:
    filetype, Image, ImageOps = Later("filetype"), Later("PIL.Image"), Later("PIL.ImageOps")

HEAVIEST = 10_000_000
"""Bytes of one file."""

LARGEST_REQUEST = HEAVIEST + 500_000
"""Bytes of the form around it: the handler's `request_max_body_size`."""

MOST_PIXELS, LONGEST_SIDE = 50_000_000, 4_000
"""Points of a picture that is drawn at all; the longer side it is reduced to."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    f"{_OFFICE}wordprocessingml.document": ("docx",),
    f"{_OFFICE}spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}presentationml.presentation": ("pptx",),
    f"{_ODF}text": ("odt",),
    f"{_ODF}spreadsheet": ("ods",),
    f"{_ODF}presentation": ("odp",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
}
"""Every kind that is taken, with the endings its name may have, the usual one first."""

_PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
_DRAWN = {**{kind: kind for kind in _PICTURES}, "image/gif": "image/png"}
_TRAILING = 1_024
"""Bytes a PDF may have after its last end mark."""

_drawing = asyncio.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it may be kept. `scanned`: whether a scanner looked at it."""

    name: str
    media_type: str
    data: bytes
    scanned: bool = False


async def received(name: str, data: bytes, scanner: Scanner = unscanned) -> Received:
    """The file as it is kept: its kind by its content, its name made harmless. Raises Refused, with the reason."""
    if not data:
        raise Refused(Reason.EMPTY)
    if len(data) > HEAVIEST:
        raise Refused(Reason.TOO_HEAVY)
    async with _drawing:
        media_type, kept = await asyncio.to_thread(_judged, name, data)
    scanned = await scanner(data)
    return Received(safe_name(name, ENDINGS[media_type]), media_type, kept, scanned)


def _judged(name: str, data: bytes) -> tuple[str, bytes]:
    guessed = filetype.guess_mime(data)
    if guessed in _PICTURES:
        return _DRAWN[guessed], _redrawn(data, guessed)
    if data.startswith(b"PK\x03\x04"):
        return office_files.media_type_of(data), data
    if guessed == "application/pdf":
        return _pdf(data), data
    if guessed is None:
        return _text(name, data), data
    raise Refused(Reason.UNKNOWN)


def _pdf(data: bytes) -> str:
    """A PDF begins at its first byte and ends at its last mark; anything around it is another file in disguise."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused(Reason.DAMAGED)
    if not data.startswith(b"%PDF-") or len(data) - end > _TRAILING or b"PK\x05\x06" in data[end:]:
        raise Refused(Reason.DISGUISED)
    return "application/pdf"


def _text(name: str, data: bytes) -> str:
    kind = {"txt": "text/plain", "csv": "text/csv"}.get(name.rpartition(".")[2].strip().lower())
    if kind is None or b"\0" in data:
        raise Refused(Reason.UNKNOWN)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(Reason.NOT_UTF8) from error
    if text.lstrip().startswith(("<", "#!", "%PDF", "{\\rtf")):
        raise Refused(Reason.UNKNOWN)
    return kind


def _redrawn(data: bytes, media_type: str) -> bytes:
    """The picture alone, upright, its longer side at most LONGEST_SIDE; of a moving one, the first."""
    try:
        with Image.open(io.BytesIO(data), formats=[_PICTURES[media_type]]) as whole:
            if whole.width * whole.height > MOST_PIXELS:
                raise Refused(Reason.BOMB)
            whole.verify()  # a library in the same process may have told Pillow to accept half a picture
        with Image.open(io.BytesIO(data), formats=[_PICTURES[media_type]]) as picture:
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if media_type == "image/jpeg" else "RGBA")
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, Image.DecompressionBombError) as error:
        raise Refused(Reason.DAMAGED) from error
    drawn = io.BytesIO()
    Image.frombytes(plain.mode, plain.size, plain.tobytes()).save(
        drawn, _PICTURES[_DRAWN[media_type]], quality=90
    )
    return drawn.getvalue()
