"""What a unit is, what it may weigh, and how long one may think about joining."""

from datetime import timedelta
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is to its parent."""

    SITE = "site"
    BRANCH = "branch"
    AGENCY = "agency"
    DEPARTMENT = "department"
    SUBSIDIARY = "subsidiary"
    OTHER = "other"


class Purpose(StrEnum):
    """What an organisation is asked to join."""

    UNIT = "unit"
    TERRITORY = "territory"


ASKED_FOR = timedelta(days=30)
"""How long an organisation may think about it: it takes a board, not a click."""

HEAVIEST = 10_000_000
"""The largest weight of a unit: people, users, visits."""


class CannotBelong(Exception):
    """The organisation is a unit already, or has units itself: there is one level and no more."""


class AskedNoMore(Exception):
    """Nobody asks this any more: it was accepted or taken back, it is too old, or it never was."""
