"""Whether an organisation's colour can be read, by WCAG 2.2's contrast ratio."""

import re

READABLE = 4.5
"""The least ratio of text to its background (WCAG 2.2, 1.4.3)."""

_HEX = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Whether `text` is a colour as "#1e4d92", in lower case."""
    return _HEX.fullmatch(text) is not None


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of `colour` ("#1e4d92") and white, 1 to 21."""
    return contrast(colour, "#ffffff")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours ("#1e4d92"), 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
