"""The audit trail as a file: rows for people, or lines that a third party can verify (docs/audit.md)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from palier.foundation.chains import written_time
from palier.foundation.language import gettext as _
from palier.foundation.spreadsheets import Cell, csv_file
from palier.privacy import trail_wording as wording

Entries = Sequence[Mapping[str, Any]]

_BYTE_ORDER_MARK = len("\ufeff".encode())


def head() -> list[Cell]:
    """The titles of the columns."""
    return [
        _("No."), _("When (UTC)"), _("Who"), _("As what"), _("What"), _("About what"), _("Details"), _("Person"),
        _("Mandate"), _("Verb"), _("Hash"),
    ]  # fmt: skip


def line(entry: Mapping[str, Any]) -> list[Cell]:
    """One entry, its verb in words and as it is."""
    return [
        entry["seq"], written_time(entry["at"]), wording.who(entry), wording.capacity(entry), wording.what(entry["verb"]),
        entry["subject"], entry["details"], str(entry["person_id"] or ""), str(entry["mandate_id"] or ""), entry["verb"],
        entry["hash"],
    ]  # fmt: skip


def csv_part(entries: Entries, *, first: bool) -> bytes:
    """A part of a CSV file: the first one begins with a byte order mark and the titles."""
    lines = [line(entry) for entry in entries]
    return csv_file([head(), *lines]) if first else csv_file(lines)[_BYTE_ORDER_MARK:]


def json_lines(entries: Entries) -> bytes:
    """One JSON object a line, with everything its hash is made of."""
    return "".join(json.dumps(_whole(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def _whole(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "chain": str(entry["chain"]), "seq": entry["seq"], "at": written_time(entry["at"]),
        "person_id": str(entry["person_id"] or ""), "person": entry["person"] or "", "role": entry["role"],
        "mandate_id": str(entry["mandate_id"] or ""), "verb": entry["verb"], "subject": entry["subject"],
        "details": entry["details"], "salt": entry["salt"], "details_hash": entry["details_hash"],
        "previous_hash": entry["previous_hash"], "hash": entry["hash"],
    }  # fmt: skip
