"""The register as a file a spreadsheet opens, with the heads and words that can be brought back as they are."""

from collections.abc import Iterable

from palier.association import wording as words
from palier.association.roll import Registered
from palier.association.rules.member_file import COLUMNS
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import csv_file
from palier.network.wording import label

_WORDED = {"sector", "size", "country", "legal_kind"}


def members_file(register: Iterable[Registered]) -> bytes:
    """The CSV: one line a member, in the reader's language. No answer, no score."""
    heads = words.columns()
    places = words.places()
    lines = [[*(heads[name] for name in COLUMNS), _("State"), _("Verified on"), _("Verified by")]]
    for one in register:
        verified = one.member.verified_at if one.member else None
        lines.append(
            [*(_cell(one, name) for name in COLUMNS), places[one.place], day(verified) if verified else "",
             one.member.verified_name if one.member else ""]
        )  # fmt: skip
    return csv_file(lines)


def _cell(one: Registered, name: str) -> str:
    value = one.values[name]
    return label(name, value) if name in _WORDED and value else value
