"""The colours can be read, and told apart by those who see fewer of them; parsed from the style sheets.

Contrast after WCAG 2.2; colour vision simulated with the matrices of Machado, Oliveira and Fernandes (2009),
severity 1; differences by CIEDE2000 (Sharma, Wu, Dalal 2005, whose published pairs stand in the last test).
"""

import itertools
import math
import re
from pathlib import Path

import pytest

from palier.foundation.charts import drawing

TOKENS = Path(__file__).parents[2] / "static/css/tokens.css"
THEMES = ("light", "dark")
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041),
)  # fmt: skip
WHITE = (0.95047, 1.0, 1.08883)
Triple = tuple[float, float, float]

SURFACES = ("canvas", "surface", "surface-2", "surface-3")
TEXT_PAIRS = [
    *itertools.product(("ink", "ink-2", "accent", "err", "warn"), SURFACES),
    *itertools.product(("ink-3",), ("canvas", "surface", "surface-2", "surface-3")),
    *((f"q{n}-ink", f"q{n}-soft") for n in range(1, 5)),
    *itertools.product(("ink", "ink-2"), ("accent-soft", "err-soft", "warn-soft", "ok-soft")),
    ("err", "err-soft"), ("warn", "warn-soft"), ("ok", "ok-soft"), ("accent", "accent-soft"),
    ("on-accent", "accent"), ("on-accent", "accent-hover"), ("accent-hover", "surface"), ("you", "surface"),
    ("ink", "peer"),
]  # fmt: skip
MARK_PAIRS = [
    *itertools.product(("line-ctl", "you", "median", "focus"), ("canvas", "surface")),
    *itertools.product(("q1", "q2", "q3", "q4", "ok", "err", "warn"), ("surface",)),
    ("median", "peer"), ("you", "peer"), ("focus", "accent-soft"), ("accent", "surface-3"),
]  # fmt: skip


def tokens(theme: str) -> dict[str, str]:
    side = THEMES.index(theme)
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    return {name: colours[side] for name, *colours in pairs}


def digit(level: int, theme: str) -> str:
    """The colour of the number on a level chip, as components.css writes it."""
    rule = re.search(
        rf"\.lv{level} {{ [^}}]*; color: (.+?) }}", TOKENS.with_name("components.css").read_text()
    )
    assert rule
    if rule[1] == "var(--ink)":
        return tokens(theme)["ink"]
    return {"#fff": "#FFFFFF"}.get(side := re.findall(r"#\w+", rule[1])[THEMES.index(theme)], side)


def linear(colour: str) -> Triple:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue))  # type: ignore[return-value]


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)  # type: ignore[return-value]


def contrast(one: str, other: str) -> float:
    low, high = sorted(times(TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, vision: str) -> Triple:
    """CIE L*a*b* of `colour` as somebody with `vision` sees it."""
    simulated = tuple(min(1.0, max(0.0, c)) for c in times(VISIONS[vision], linear(colour)))
    x, y, z = (
        t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
        for t in (c / white for c, white in zip(times(TO_XYZ, simulated), WHITE, strict=True))  # type: ignore[arg-type]
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def turn(from_degrees: float, to_degrees: float) -> float:
    """The signed way round the hue circle, at most 180 degrees."""
    way = to_degrees - from_degrees
    return way - 360 if way > 180 else way + 360 if way < -180 else way


def de2000(one: Triple, other: Triple) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7)))
    c1, c2 = math.hypot((1 + g) * a1, b1), math.hypot((1 + g) * a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, (1 + g) * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    way = turn(h1, h2) if c1 * c2 else 0.0
    hue_gap = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(way / 2))
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = (h1 + way / 2) % 360 if c1 * c2 else h1 + h2
    t = 1 + sum(
        weight * math.cos(math.radians(times_hue * hue + shift))
        for weight, times_hue, shift in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    )
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    twist = math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2)))
    r = -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7)) * math.sin(twist)
    dl, dc, dh = (l2 - l1) / s_l, (c2 - c1) / s_c, hue_gap / s_h
    return math.sqrt(dl**2 + dc**2 + dh**2 + r * dc * dh)


def nearest(colours: list[str], vision: str) -> float:
    return min(de2000(seen(a, vision), seen(b, vision)) for a, b in itertools.combinations(colours, 2))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, ink: str, paper: str) -> None:
    assert contrast(tokens(theme)[ink], tokens(theme)[paper]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "paper"), MARK_PAIRS)
def test_marks_can_be_seen(theme: str, mark: str, paper: str) -> None:
    assert contrast(tokens(theme)[mark], tokens(theme)[paper]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("level", range(1, 6))
def test_the_digit_of_a_level_can_be_read(theme: str, level: int) -> None:
    assert contrast(digit(level, theme), tokens(theme)[f"lv{level}"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_quarters_differ_for_every_eye(theme: str, vision: str) -> None:
    assert nearest([tokens(theme)[f"q{n}"] for n in range(1, 5)], vision) >= 11


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_levels_differ_for_every_eye(theme: str, vision: str) -> None:
    assert nearest([tokens(theme)[f"lv{n}"] for n in range(1, 6)], vision) >= 9


def test_charts_carry_the_light_side_of_the_tokens() -> None:
    light = tokens("light")
    carried = {
        "you": drawing.YOU, "peer": drawing.PEER, "line-ctl": drawing.OUTLINE, "median": drawing.MEDIAN,
        "surface": drawing.PAPER, "surface-3": drawing.TRACK, "line": drawing.FAINT, "line-2": drawing.LINE,
        "ink": drawing.INK, "err": drawing.LATE, "ink-2": drawing.INK_2,
        **{f"lv{n}": colour for n, colour in enumerate(drawing.LEVELS, 1)},
        **{f"q{n}": colour for n, colour in enumerate(drawing.QUARTERS, 1)},
    }  # fmt: skip
    assert carried == {name: light[name] for name in carried}


def test_no_sheet_but_the_tokens_names_a_colour() -> None:
    """Except white paper under a code to scan or a page to print, and the digits of levels."""
    allowed = {"#fff", "#171c24", "#0c1a2e"}
    for name in ("app", "components", "pages", "places"):
        named = re.findall(r"#[0-9a-fA-F]{3,8}\b", TOKENS.with_name(f"{name}.css").read_text())
        assert {colour.lower() for colour in named} <= allowed, name


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_the_published_one(one: Triple, other: Triple, difference: float) -> None:
    assert de2000(one, other) == pytest.approx(difference, abs=1e-4)
