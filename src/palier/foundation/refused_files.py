"""Why a file somebody sends is not taken."""

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong with a file; `palier.foundation.upload_wording` says it in words."""

    EMPTY = "empty"
    TOO_HEAVY = "too heavy"
    UNKNOWN = "unknown kind"
    NOT_UTF8 = "not utf-8"
    DAMAGED = "damaged"
    DISGUISED = "disguised"
    """It is more than one file at once, or names places outside itself."""
    PROGRAM = "program"
    LOCKED = "locked"
    BOMB = "bomb"
    INFECTED = "infected"
    NOT_SCANNED = "not scanned"
    """A scanner is set and did not answer: that is not the same as clean."""


class Refused(Exception):
    """The file is not taken, and nothing of it was kept."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
