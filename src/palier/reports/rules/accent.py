"""The colour an issuer may give a document, and why some are refused."""

import re
from enum import StrEnum

DEFAULT_ACCENT = "#1E4D92"

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3: text against its ground."""


class AccentFault(StrEnum):
    """Why a colour cannot carry a document's titles."""

    NOT_A_COLOUR = "not_a_colour"
    TOO_PALE = "too_pale"


class AccentRefused(ValueError):
    """The colour cannot be used; `fault` says why, `contrast` is its ratio to white (None when it is no colour)."""

    def __init__(self, fault: AccentFault, contrast: float | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.contrast = contrast


def check_accent(colour: str) -> str:
    """`colour` as `#RRGGBB` in capitals; raises AccentRefused when it is no colour or too pale to be read on white."""
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        raise AccentRefused(AccentFault.NOT_A_COLOUR)
    contrast = contrast_with_white(colour)
    if contrast < LEAST_CONTRAST:
        raise AccentRefused(AccentFault.TOO_PALE, contrast)
    return colour.upper()


def darkened(colour: str) -> str:
    """`colour` (`#RRGGBB`), made darker by steps of its own hue until it can be read on white."""
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    while contrast_with_white(colour) < LEAST_CONTRAST:
        channels = [channel * 19 // 20 for channel in channels]
        colour = "#" + "".join(f"{channel:02X}" for channel in channels)
    return colour


def contrast_with_white(colour: str) -> float:
    """The WCAG contrast ratio of `#RRGGBB` to white, 1 to 21."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    """An sRGB channel as light (WCAG 2.2, relative luminance)."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
