"""What is inside an office document (OOXML, ODF): its kind, and whether anything in it could harm its reader.

Nothing is unpacked to a disk and no XML is parsed: members are listed, then read once to see that they are what they say.
"""

import io
import re
import zipfile
import zlib

from palier.foundation.refused_files import Reason, Refused

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS = {
    **{f"{_OOXML}{kind}.main+xml": f"{_OOXML}{kind}" for kind in (
        "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation",
    )},
    **{f"{_ODF}{kind}": f"{_ODF}{kind}" for kind in ("text", "spreadsheet", "presentation")},
}  # fmt: skip
"""The content type of the main part, or what an ODF calls itself, and the media type of the file."""

MOST_MEMBERS, MOST_UNPACKED = 3_000, 50_000_000
"""Members of a document, and bytes of all of them together."""

_PROGRAMS = re.compile(
    r"(^|/)vbaproject\.bin$|(^|/)(basic|scripts|macrosheets)/|\.(exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|msi|jar|lnk)$",
    re.IGNORECASE,
)
_END = b"PK\x05\x06"
_CHUNK = 1 << 16


def media_type_of(data: bytes) -> str:
    """The media type of an office document, every member of which was read. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if data.rfind(_END) + 22 + len(archive.comment) != len(data):
                raise Refused(Reason.DISGUISED)
            _check_list(members)
            kind = _kind(archive)
            _read_through(archive, members)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError) as error:
        raise Refused(Reason.DAMAGED) from error
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or packed in a way nobody uses
        raise Refused(Reason.LOCKED) from error
    return kind


def _check_list(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Refused(Reason.BOMB)
    names = [member.orig_filename for member in members]
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise Refused(Reason.DISGUISED)
    if any(_PROGRAMS.search(name) for name in names):
        raise Refused(Reason.PROGRAM)
    if any(member.flag_bits & 1 for member in members):
        raise Refused(Reason.LOCKED)


def _kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names:
        return _known(archive.read("mimetype")[:200].decode("ascii", "replace").strip())
    if "[Content_Types].xml" not in names:
        raise Refused(Reason.UNKNOWN)
    types = archive.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroenabled" in types.lower():
        raise Refused(Reason.PROGRAM)
    return next((kind for main, kind in KINDS.items() if f'"{main}"' in types), "") or _known("")


def _known(name: str) -> str:
    if name not in KINDS:
        raise Refused(Reason.UNKNOWN)
    return KINDS[name]


def _read_through(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpack every member into nothing: a size or a checksum that lies shows here."""
    for member in members:
        with archive.open(member) as content:
            while content.read(_CHUNK):
                pass
