"""The border with icalendar: what somebody has to do, as a calendar reads it (RFC 5545)."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from palier.foundation.language import gettext as _
from palier.foundation.later import Later

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")

REFRESH = timedelta(hours=6)
"""How often a calendar is asked to come back."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One whole day of the calendar. `uid` stays the same for as long as the action lives; `revision` counts its changes."""

    uid: str
    on: date
    summary: str
    description: str
    address: str
    category: str
    revision: int


def calendar_file(uid: str, appointments: Iterable[Appointment], at: datetime) -> bytes:
    """The calendar `uid` as text/calendar bytes: UTF-8, CRLF, escaped and folded; `at` is when it was made.

    Whole days that leave a person free (they are due dates, not meetings), and no alarm: mails remind.
    """
    calendar = icalendar.Calendar.new(
        uid=uid, prodid="-//Palier//Action plans//EN", name=_("My actions – Palier"), method="PUBLISH"
    )
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT6H")
    for appointment in appointments:
        calendar.add_component(_event(appointment, at))
    return calendar.to_ical()


def _event(appointment: Appointment, at: datetime) -> "icalendar.Event":
    return icalendar.Event.new(
        uid=appointment.uid, stamp=at, start=appointment.on, end=appointment.on + timedelta(days=1),
        summary=_written(appointment.summary), description=_written(appointment.description), url=appointment.address,
        categories=[_written(appointment.category)], sequence=appointment.revision, transparency=icalendar.enums.TRANSP.TRANSPARENT,
    )  # fmt: skip


def _written(text: str) -> str:
    """`text` without the control characters that no calendar may hold."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
