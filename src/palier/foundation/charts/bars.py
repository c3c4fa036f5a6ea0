"""Bars, chips and the keys of a legend: small drawings beside words."""

from fractions import Fraction
from typing import Literal

from markupsafe import Markup

from palier.foundation.charts.drawing import (
    FONT,
    LEVEL_DIGITS,
    LEVELS,
    LINE,
    MEDIAN,
    OUTLINE,
    PAPER,
    PEER,
    QUARTERS,
    TRACK,
    YOU,
    Number,
    Ruler,
    element,
    text,
    upright,
)

Key = Literal["you", "last", "median", "dash", "box", "tails", "target"]


def progress(percent: Number, *, label: str, width: int | None = None) -> Markup:
    """How far? 0-100 of a track."""
    return _bar(Ruler(width), percent, label)


def _bar(ruler: Ruler, value: Number, label: str) -> Markup:
    lengths = {
        "c-track": ruler.span(0, ruler.high),
        "c-you": ruler.span(0, min(Fraction(value), Fraction(ruler.high))),
    }
    colours = {"c-track": TRACK, "c-you": YOU}
    rects = [
        element("rect", class_=name, width=length, height=6, rx=3, fill=colours[name])
        for name, length in lengths.items()
    ]
    return ruler.canvas(6, *rects, label=label, class_="bar")


def kpi(start: Number, current: Number, target: Number, *, label: str, width: int | None = None) -> Markup:
    """How far has the indicator come from `start` to `target`? Works when less is better."""
    way = float(target) - float(start)
    done = 100.0 if way == 0 else 100 * (float(current) - float(start)) / way
    return _bar(Ruler(width), round(done), label)


def contribution(part: Number, most: Number, *, label: str = "", width: int | None = None) -> Markup:
    """How much of the score comes from here? `part` on a track of `most`, the largest of the table."""
    return _bar(Ruler(width, 0, most or 1), part, label)


def quarter_cells(n: int) -> Markup:
    """Position 1 (bottom) to 4 (top) as four cells; the words stand beside it."""
    cells = (
        element(
            "rect",
            class_=f"c-q{n if cell == n else 0}",
            x=5 * (cell - 1),
            width=4,
            height=8,
            rx=1,
            fill=QUARTERS[n - 1] if cell == n else LINE,
        )
        for cell in range(1, 5)
    )
    return element("svg", *cells, xmlns="http://www.w3.org/2000/svg", width=19, height=8, aria_hidden="true")


def level_chip(n: int) -> Markup:
    """Maturity level 1 to 5 as a numbered square, for the PDF; pages use the macro of the same name."""
    return element(
        "svg",
        element(
            "rect",
            class_=f"lad{n}",
            x=0.5,
            y=0.5,
            width=19,
            height=19,
            rx=3,
            fill=LEVELS[n - 1],
            stroke=OUTLINE,
        ),
        text(10, 14, str(n), size=11.5, bold=True, class_=f"chip{n}", fill=LEVEL_DIGITS[n - 1]),
        xmlns="http://www.w3.org/2000/svg",
        width=20,
        height=20,
        font_family=FONT,
        aria_hidden="true",
    )


def key(name: Key) -> Markup:
    """The mark that a legend explains; "dash" is the median as a line, "tails" goes from P10 to P90."""
    width, height, shape = _KEYS[name]
    return element(
        "svg", shape, xmlns="http://www.w3.org/2000/svg", width=width, height=height, aria_hidden="true"
    )


def _stroke(width: int, **attributes: Number | str | None) -> Markup:
    return element("line", x1=0, x2=width, y1=6, y2=6, stroke_width=1.5, **attributes)


_KEYS: dict[Key, tuple[int, int, Markup]] = {
    "you": (14, 14, element("circle", class_="c-you", cx=7, cy=7, r=5.5, fill=YOU)),
    "last": (
        14,
        14,
        element("circle", class_="c-you-h", cx=7, cy=7, r=4, fill=PAPER, stroke=YOU, stroke_width=1.75),
    ),
    "median": (10, 16, upright(5, 0, 16, class_="c-med", stroke=MEDIAN, wide=2)),
    "dash": (22, 12, _stroke(22, class_="c-med", stroke=MEDIAN, stroke_dasharray="2 3")),
    "box": (
        26,
        12,
        element("rect", class_="c-box", x=1, y=1, width=24, height=10, rx=2, fill=PEER, stroke=OUTLINE),
    ),
    "tails": (26, 12, _stroke(26, class_="c-peer2", stroke=OUTLINE)),
    "target": (
        14,
        14,
        element(
            "circle",
            class_="c-you-h",
            cx=7,
            cy=7,
            r=5,
            fill=PAPER,
            stroke=YOU,
            stroke_width=1.75,
            stroke_dasharray="2.5 2",
        ),
    ),
}
