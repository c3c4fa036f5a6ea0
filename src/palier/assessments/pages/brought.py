"""What a form with a workbook sends, for answers and for actions alike."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException

from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.foundation.sheets import LARGEST


async def uploaded(request: Request) -> tuple[str, bytes]:
    """Name and bytes of the file, no more than one over the limit; nothing without a file."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        return "", b""
    return " ".join(file.filename.replace("\0", "").split()), await file.read(LARGEST + 1)


def refusal(data: bytes) -> str:
    """Why a file is not even read; empty when it is."""
    if not data:
        return _("Choose a file that is not empty")
    if len(data) > LARGEST:
        return _("This file is too large: %(most)s MB at most") % {"most": number(LARGEST // 1_000_000)}
    return ""


def no_workbook() -> str:
    """Told of a file that is no .xlsx."""
    return _("This is no workbook. In the spreadsheet, save as .xlsx and bring that.")


def op_in(raw: Mapping[str, str]) -> UUID:
    """The form's operation id. Raises NotFoundException for a form that is not ours."""
    try:
        return UUID(raw["op"])
    except (KeyError, ValueError):
        raise NotFoundException from None


def overruled(raw: Mapping[str, str]) -> dict[str, int]:
    """The conflicts in which the file is to count, with the revision the page showed."""
    taken = {name.removeprefix("take-"): text for name, text in raw.items() if name.startswith("take-")}
    return {name: int(text) for name, text in taken.items() if text.isascii() and text.isdecimal()}
