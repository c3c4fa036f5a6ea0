"""Whether an organisation's colour can be read, by WCAG 2.2's contrast ratio, and the nearest one that can."""

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


def nearest_readable(colour: str) -> str:
    """`colour` ("#f2c94c") made only as dark as it must be to be read on white, its hue kept; empty where it can be already.

    Darker in OKLab (B. Ottosson, 2020), where equal steps look equal; paler in hue only where no screen shows it so dark.
    """
    if not is_colour(colour) or contrast_with_white(colour) >= READABLE:
        return ""
    lightness, green_red, blue_yellow = _lab(_channels(colour))
    while True:
        lightness -= _STEP
        found = _shown(lightness, green_red, blue_yellow)
        if contrast_with_white(found) >= READABLE:
            return found


RGB = tuple[int, int, int]

_STEP = 0.002
"""Of lightness, 0 to 1: finer than the eye."""


def _shown(lightness: float, green_red: float, blue_yellow: float) -> str:
    """The colour of this lightness and hue that a screen can show, as vivid as asked for or as it gets."""
    for part in range(50, -1, -1):
        channels = _from_lab(lightness, green_red * part / 50, blue_yellow * part / 50)
        if all(-0.0005 <= channel <= 1.0005 for channel in channels):
            break
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, one)))):02x}" for one in channels)


def _lab(channels: RGB) -> tuple[float, float, float]:
    """sRGB as OKLab: lightness, green to red, blue to yellow."""
    red, green, blue = (_linear(channel / 255) for channel in channels)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_lab(lightness: float, green_red: float, blue_yellow: float) -> tuple[float, float, float]:
    """OKLab as light of the three channels, 0 to 1, and beyond where no screen shows it."""
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    medium = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(channel: float) -> float:
    """An sRGB channel, 0 to 1, as light (WCAG 2.2)."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _encoded(light: float) -> float:
    """Light as an sRGB channel, 0 to 1."""
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)
