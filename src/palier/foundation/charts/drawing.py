"""What every chart is drawn with: elements, a ruler from 0 to 100, and the rounding that keeps peers private.

Three facts shape this package. Under the content-security policy of the pages an SVG may carry no style
attribute, so shapes carry presentation attributes. In a PDF page CSS does not reach an SVG, so these are
literal colours, the light side of `static/css/tokens.css`. On a page the classes win, and follow the theme.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from markupsafe import Markup, escape

Number = int | float | Decimal | Fraction
Formatter = Callable[[Number], str]
"""A number as the reader's language writes it."""

FONT = "Inter Var, Inter, sans-serif"
SIDE = 12
"""Pixels kept free on both sides of a fixed-width drawing, where a mark at 0 or 100 overflows."""

# The light theme, by role. tests/foundation/test_palette.py holds these to static/css/tokens.css.
YOU = "#1E4D92"
PEER = "#DDE1E7"
OUTLINE = "#858E9C"
MEDIAN = "#3B4350"
PAPER = "#FFFFFF"
TRACK = "#EEF0F4"
FAINT = "#E2E5EA"
LINE = "#C9CFD8"
INK = "#171C24"
INK_2 = "#48505E"
LATE = "#9B1C1C"
LEVELS = ("#D5E1F2", "#A9C3E6", "#739CD3", "#3C6FB5", "#173F7A")
LEVEL_DIGITS = (INK, INK, INK, PAPER, PAPER)
QUARTERS = ("#8A4B08", "#BC7A2A", "#2F8F87", "#01595A")
THRESHOLDS = (20, 40, 60, 80)
"""Where the maturity levels 2 to 5 begin, in points, unless a definition says otherwise."""


def tenth(value: Number) -> Fraction:
    """`value` to one decimal, half up: what a person's own score is drawn from."""
    return Fraction(_half_up(value, 10), 10)


def whole(value: Number) -> int:
    """`value` to a whole point, half up: all that a figure about peers may be drawn from."""
    return value if isinstance(value, int) else _half_up(value, 1)


def _half_up(value: Number, steps: int) -> int:
    exact = Fraction(value)
    return (2 * steps * exact.numerator + exact.denominator) // (2 * exact.denominator)


@dataclass(frozen=True, slots=True)
class Box:
    """What an edition publishes about peers, in whole points 0-100.

    `p10` and `p90` are there only where the group is large enough (`docs/trust.md`), both or neither.
    Finer figures are rounded when drawn, so that no coordinate tells more than the page says.
    """

    q1: Number
    median: Number
    q3: Number
    p10: Number | None = None
    p90: Number | None = None


def compact(value: Number) -> str:
    """A coordinate: two decimals at most, no trailing zero."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def element(tag: str, *children: str, **attributes: Number | str | None) -> Markup:
    """`<tag ...>children</tag>`; `class_`, `text_anchor` become class, text-anchor; None is left out."""
    written = "".join(
        [
            f' {_named(name)}="{escape(value) if isinstance(value, str) else compact(value)}"'
            for name, value in attributes.items()
            if value is not None
        ]
    )
    inside = "".join([escape(child) for child in children])
    # A page draws hundreds of these: one safe text at the end costs a tenth of formatting safe texts.
    return Markup(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")  # noqa: S704


@cache
def _named(attribute: str) -> str:
    return attribute.rstrip("_").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Ruler:
    """Places 0-100 across a drawing: in per cent, so that it stretches, or over `width` pixels (PDF)."""

    width: int | None = None
    low: Number = 0
    high: Number = 100

    def at(self, value: Number) -> str:
        """The x coordinate of `value`; what lies outside the ruler stands at its end."""
        return _length(self, min(max(value, self.low), self.high), self.low)

    def span(self, start: Number, end: Number) -> str:
        """The length from `start` to `end`."""
        return _length(self, max(start, end), start)

    def canvas(self, height: int, *shapes: Markup, label: str = "", class_: str | None = None) -> Markup:
        """The svg around `shapes`; without a `label` hidden from screen readers, for its row says it all."""
        said = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
        if self.width is None:
            return element(
                "svg", *shapes, class_=class_, width="100%", height=height, overflow="visible", **said
            )
        return element(
            "svg",
            *shapes,
            class_=class_,
            width=self.width + 2 * SIDE,
            height=height,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"{-SIDE} 0 {self.width + 2 * SIDE} {height}",
            font_family=FONT,
            **said,
        )


@lru_cache(maxsize=4096)
def _length(ruler: Ruler, end: Number, start: Number) -> str:
    share = (Fraction(end) - Fraction(start)) / (Fraction(ruler.high) - Fraction(ruler.low))
    return f"{compact(share * 100)}%" if ruler.width is None else compact(share * ruler.width)


def text(
    x: float | str,
    y: float,
    words: str,
    *,
    size: float = 11,
    anchor: str = "middle",
    bold: bool = False,
    class_: str = "c-txt",
    fill: str = INK_2,
) -> Markup:
    """Words in a drawing."""
    return element(
        "text",
        words,
        class_=class_,
        x=x,
        y=y,
        font_size=size,
        font_weight=600 if bold else None,
        text_anchor=anchor,
        fill=fill,
    )


def upright(
    x: float | str, top: float, bottom: float, *, class_: str, stroke: str, wide: float = 1
) -> Markup:
    """A vertical stroke."""
    return element("line", class_=class_, x1=x, x2=x, y1=top, y2=bottom, stroke=stroke, stroke_width=wide)


def level(
    start: float | str,
    end: float | str,
    y: float,
    *,
    class_: str,
    stroke: str,
    wide: float = 1,
    dashes: str | None = None,
) -> Markup:
    """A horizontal stroke."""
    return element(
        "line",
        class_=class_,
        x1=start,
        x2=end,
        y1=y,
        y2=y,
        stroke=stroke,
        stroke_width=wide,
        stroke_dasharray=dashes,
    )


def dot(x: float | str, y: float, radius: float = 6.5) -> Markup:
    """You, this round: filled, with a rim of paper so that it stands out of a box."""
    return element("circle", class_="c-mark", cx=x, cy=y, r=radius, fill=YOU, stroke=PAPER, stroke_width=1.5)


def ring(x: float | str, y: float, radius: float = 4, dashes: str | None = None) -> Markup:
    """You, another round: hollow; dashed when it is still to come."""
    return element(
        "circle",
        class_="c-you-h",
        cx=x,
        cy=y,
        r=radius,
        fill=PAPER,
        stroke=YOU,
        stroke_width=1.75,
        stroke_dasharray=dashes,
    )


@lru_cache(maxsize=256)
def gridlines(ruler: Ruler, top: float, bottom: float) -> Markup:
    """Faint lines at both ends and where levels begin."""
    return Markup("").join(
        upright(ruler.at(mark), top, bottom, class_="c-grid0", stroke=FAINT) for mark in (0, *THRESHOLDS, 100)
    )


@lru_cache(maxsize=4096)
def peers(ruler: Ruler, box: Box, middle: float, half: float) -> Markup:
    """The middle half of peers as a box, the median as a tick, a line from P10 to P90 where published."""
    shapes: list[Markup] = []
    if box.p10 is not None and box.p90 is not None:
        ends = ruler.at(whole(box.p10)), ruler.at(whole(box.p90))
        shapes.append(level(*ends, middle, class_="c-peer2", stroke=OUTLINE, wide=1.5))
    shapes.append(
        element(
            "rect",
            class_="c-box",
            x=ruler.at(whole(box.q1)),
            width=ruler.span(whole(box.q1), whole(box.q3)),
            y=middle - half,
            height=2 * half,
            rx=2,
            fill=PEER,
            stroke=OUTLINE,
        )
    )
    at = ruler.at(whole(box.median))
    shapes.append(upright(at, middle - half - 2, middle + half + 2, class_="c-med", stroke=MEDIAN, wide=2))
    return Markup("").join(shapes)
