"""What the cockpit's forms share."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from palier.foundation.identifiers import new_id


def op_of(raw: Mapping[str, str]) -> UUID:
    """The form's operation id; a fresh one where somebody tampered with it."""
    try:
        return UUID(raw.get("op", ""))
    except ValueError:
        return new_id()


def date_in(raw: Mapping[str, str], name: str) -> date | None:
    """The day written in three boxes; None for one that is none."""
    try:
        return date(*(int(raw.get(f"{name}-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        return None


def typed_date(raw: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The three boxes as they were filled in."""
    return tuple(raw.get(f"{name}-{part}", "") for part in ("day", "month", "year"))
