"""Whether evidence still holds. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=60)
"""How long before its last day evidence is said to end soon."""


class Validity(StrEnum):
    """How evidence stands on a day."""

    HOLDS = "holds"
    ENDING = "ending"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment: of which criterion, under which title, and the last day it holds, if it has one."""

    code: str
    title: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the evidence of one criterion stands: how much there is, and the titles of what ended or soon will."""

    attached: int = 0
    expired: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()

    @property
    def all_expired(self) -> bool:
        """Whether nothing that is attached holds any more."""
        return 0 < self.attached == len(self.expired)


def validity(valid_until: date | None, today: date) -> Validity:
    """How evidence stands `today` that holds until the end of `valid_until` (None: for good)."""
    if valid_until is None or valid_until > today + SOON:
        return Validity.HOLDS
    return Validity.ENDING if valid_until >= today else Validity.EXPIRED


def standings(rows: Iterable[Attached], today: date) -> dict[str, Standing]:
    """How the evidence of each criterion stands; a criterion without any is left out."""
    by_code: dict[str, list[Attached]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    return {code: _standing(attached, today) for code, attached in by_code.items()}


def _standing(rows: list[Attached], today: date) -> Standing:
    def titles(wanted: Validity) -> tuple[str, ...]:
        return tuple(row.title for row in rows if validity(row.valid_until, today) is wanted)

    return Standing(len(rows), titles(Validity.EXPIRED), titles(Validity.ENDING))
