"""The messages of a campaign: which kind is due on which day, to whom, and a text with its places filled in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS_BEFORE = (14, 7, 1)
"""When members are reminded unless the staff says otherwise: days before the close."""

LAST = timedelta(days=3)
"""A reminder so close to the end says so."""

LATE = timedelta(days=2)
"""A message missed because nothing ran that day still leaves within so many days."""

PLACES = ("organisation", "network", "campaign", "closes", "address")
"""What a text may hold between braces."""

_BRACES = re.compile(r"\{([^{}\n]*)\}")


class Kind(StrEnum):
    """What a message is for."""

    OPENING = "opening"
    REMINDER = "reminder"
    LAST_DAYS = "last days"
    THANKS = "thanks"
    BY_HAND = "by hand"
    """A reminder the staff sends now."""


WRITTEN = (Kind.OPENING, Kind.REMINDER, Kind.LAST_DAYS, Kind.THANKS)
"""The kinds that have a text of their own; a reminder by hand is a reminder."""


@dataclass(frozen=True, slots=True)
class Due:
    """A kind of message and the day it was due: together with the member they make it unique."""

    kind: Kind
    on: date


def default_reminders(opens: date, closes: date) -> list[date]:
    """The days of the usual reminders that fall inside a campaign, the first first."""
    days = [closes - timedelta(days=days) for days in DAYS_BEFORE]
    return [day for day in days if day > opens]


def calendar(opens: date, closes: date, reminders: Iterable[date]) -> list[Due]:
    """Every message that goes out on a day of its own, in order. Reminders outside the campaign are left out."""
    found = [
        Due(Kind.LAST_DAYS if closes - day <= LAST else Kind.REMINDER, day)
        for day in sorted(set(reminders))
        if opens < day <= closes
    ]
    return [Due(Kind.OPENING, opens), *found]


def due(opens: date, closes: date, reminders: Iterable[date], today: date) -> list[Due]:
    """What is to be sent today, what was missed in the last two days included; thanks to all who have submitted."""
    if not opens <= today <= closes + LATE:
        return []
    waiting = [one for one in calendar(opens, closes, reminders) if today - LATE <= one.on <= today <= closes]
    latest = waiting[-1:]  # two missed at once are one message
    return [*latest, Due(Kind.THANKS, opens)]


def concerns(kind: Kind, *, submitted: bool) -> bool:
    """Whether a member in this state gets such a message: thanks once submitted, the others until then."""
    return submitted is (kind is Kind.THANKS)


def unknown_places(text: str) -> list[str]:
    """What stands between braces in `text` and would reach members as it is, in order."""
    return [found for found in _BRACES.findall(text) if found not in PLACES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with {organisation}, {network}, ... filled in; anything else between braces stays as it is."""
    for name in PLACES:
        text = text.replace(f"{{{name}}}", values.get(name, ""))
    return text
