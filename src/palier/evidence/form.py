"""What people type about evidence, read strictly; what cannot be used comes back as it was typed, with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from palier.foundation.language import gettext as _

LONGEST = {"title": 200, "link": 1_000, "note": 2_000}
"""Characters of each text."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent; `until` are day, month and year as typed."""

    title: str = ""
    link: str = ""
    note: str = ""
    until: tuple[str, str, str] = ("", "", "")
    valid_until: date | None = None


def read_form(raw: Mapping[str, str], needed: str) -> tuple[Typed, dict[str, str]]:
    """The form, and what is wrong by field. `needed`: the field that may not be empty ("" for none)."""
    until = (raw.get("until-day", ""), raw.get("until-month", ""), raw.get("until-year", ""))
    texts = {name: raw.get(name, "") for name in LONGEST}
    errors = {
        name: _("At most %(most)s characters") % {"most": LONGEST[name]}
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    }
    if needed and not texts[needed]:
        errors[needed] = _("Fill in this field")
    if texts["link"] and not texts["link"].startswith(("https://", "http://")):
        errors["link"] = _("Start the address with https:// or http://")
    valid_until = _day(until, errors)
    return Typed(texts["title"], texts["link"], texts["note"], until, valid_until), errors


def _day(parts: tuple[str, str, str], errors: dict[str, str]) -> date | None:
    if not any(parts):
        return None
    try:
        found = date(*(int(part) for part in reversed(parts)))
    except (ValueError, OverflowError):
        errors["until"] = _("This date does not exist. Write it like 28 11 2026")
        return None
    if not 2000 <= found.year <= 2100:
        errors["until"] = _("Write the year with four figures, from 2000 to 2100")
    return found
