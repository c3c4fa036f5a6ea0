"""The fields a questionnaire to be filled on screen has, in the order one fills them in. Pure.

They are called as `palier.assessments.rules.form_fields` reads them when the form comes back.
"""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a field is filled."""

    ONE_OF = "one of"
    """One of several circles."""
    TICK = "tick"
    LINE = "line"
    LINES = "lines"
    TOLD = "told"
    """Lines to be left as they are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands on the page, by the name it has there, and what it `means` when that is chosen."""

    name: str
    means: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    """A field with what a screen reader says of it, what it holds at first, and how many characters it takes (0: any)."""

    name: str
    shape: Shape
    label: str
    places: tuple[Place, ...]
    value: str = ""
    longest: int = 0
