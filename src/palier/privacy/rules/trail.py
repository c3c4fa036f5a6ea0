"""What a reader of the audit trail may ask for, as it stands in an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

LONGEST_TEXT = 120
PAGE = 50
"""Entries of a page."""
MOST_COUNTED = 10_000
"""What a filter finds is counted up to here; "more than" beyond."""
MOST_IN_A_WORKBOOK = 20_000
"""Rows of an .xlsx file; whoever wants more takes CSV or JSON Lines, which have no limit."""

AUTOMATIC, OWN_NAME = "automatic", "own"
ROLES = (
    "owner",
    "lead",
    "contributor",
    "reader",
    "consultant",
    "visitor",
    "network",
    "staff",
    AUTOMATIC,
    OWN_NAME,
)
"""In which capacity somebody acted: a role of the organisation, staff of a network or of the installation, the worker
(nobody), a person in their own name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the page; empty means everything. Days are days where the reader lives, both included."""

    person: UUID | None = None
    role: str = ""
    mandate: UUID | None = None
    room: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    def fields(self) -> dict[str, str]:
        """The filters as they stand in an address or in hidden fields; those that ask for nothing are left out."""
        given = {
            "person": self.person, "role": self.role, "mandate": self.mandate, "room": self.room, "since": self.since,
            "until": self.until, "q": self.text,
        }  # fmt: skip
        return {name: str(value) for name, value in given.items() if value}


def asked(raw: Mapping[str, str]) -> Asked:
    """What `raw` asks for; values that mean nothing ask for nothing."""
    room = raw.get("room", "")
    return Asked(
        person=_uuid(raw.get("person", "")),
        role=raw.get("role", "") if raw.get("role", "") in ROLES else "",
        mandate=_uuid(raw.get("mandate", "")),
        room=room if room.replace("_", "").isascii() and room.replace("_", "").isalpha() else "",
        since=_day(raw.get("since", "")),
        until=_day(raw.get("until", "")),
        text=raw.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT],
    )


def place(raw: str) -> int | None:
    """The sequence number a page begins under, from its address."""
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 16 else None


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None


def _day(raw: str) -> date | None:
    """A day of these centuries: the ends of the calendar have no midnight in every zone."""
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None
