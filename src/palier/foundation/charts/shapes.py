"""The shape of a profile and of a history: several scores at once."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from palier.foundation import language
from palier.foundation.charts.drawing import (
    FAINT,
    FONT,
    INK,
    INK_2,
    LINE,
    MEDIAN,
    PEER,
    THRESHOLDS,
    YOU,
    Box,
    Formatter,
    Number,
    Ruler,
    compact,
    element,
    level,
    tenth,
    text,
    whole,
)

_WIDTH, _HEIGHT, _RADIUS = 380, 324, 108
_FEWEST, _MOST = 3, 9

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a radar: `short` is at most 18 characters; `you` None where nothing is answered."""

    code: str
    short: str
    you: Number | None
    peers: Box | None = None


def radar(
    axes: Sequence[Axis], *, label: str, width: int | None = None, show: Formatter = language.points
) -> Markup:
    """What shape? Three to nine axes in the given order, 0-100: you, the median dashed, peers' middle half.

    The peers' shapes are drawn only when every axis has them. Raises ValueError outside three to nine axes:
    with fewer there is no shape, with more nobody reads it, and a table says it better.
    """
    if not _FEWEST <= len(axes) <= _MOST:
        raise ValueError(f"a radar has {_FEWEST} to {_MOST} axes, not {len(axes)}")
    return element(
        "svg",
        _web(len(axes)),
        _peers(axes),
        _own(axes),
        _scale(),
        _names(axes, show),
        class_="radar",
        width="100%" if width is None else width,
        height=None if width is None else width * _HEIGHT / _WIDTH,
        xmlns=None if width is None else "http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        font_family=FONT,
        role="img",
        aria_label=label,
    )


def _point(index: int, count: int, value: Number) -> Point:
    angle = 2 * math.pi * index / count - math.pi / 2
    distance = _RADIUS * float(value) / 100
    return _WIDTH / 2 + distance * math.cos(angle), _HEIGHT / 2 + distance * math.sin(angle)


def _written(points: Sequence[Point]) -> str:
    return " ".join(f"{compact(round(x, 1))},{compact(round(y, 1))}" for x, y in points)


def _outline(axes: Sequence[Axis], value: Callable[[Axis], Number]) -> str:
    return _written([_point(n, len(axes), value(axis)) for n, axis in enumerate(axes)])


def _web(count: int) -> Markup:
    rings = [
        element(
            "polygon",
            class_="c-grid" if mark == 100 else "c-grid0",
            fill="none",
            stroke=LINE if mark == 100 else FAINT,
            points=_written([_point(n, count, mark) for n in range(count)]),
        )
        for mark in (*THRESHOLDS, 100)
    ]
    spokes = [
        _segment(_point(n, count, 0), _point(n, count, 100), class_="c-grid0", stroke=FAINT)
        for n in range(count)
    ]
    return Markup("").join(rings + spokes)


def _segment(start: Point, end: Point, **attributes: Number | str | None) -> Markup:
    (x1, y1), (x2, y2) = ((round(x, 1), round(y, 1)) for x, y in (start, end))
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def _peers(axes: Sequence[Axis]) -> Markup:
    boxes = [axis.peers for axis in axes if axis.peers is not None]
    if len(boxes) < len(axes):
        return Markup("")

    def around(figures: Sequence[Number]) -> str:
        return _written([_point(n, len(axes), whole(figure)) for n, figure in enumerate(figures)])

    ring = " ".join(
        f"M{around(side).replace(' ', ' L')}Z" for side in ([b.q3 for b in boxes], [b.q1 for b in boxes])
    )
    return Markup("").join(
        (
            element("path", class_="c-band", fill=PEER, fill_rule="evenodd", fill_opacity=0.75, d=ring),
            element(
                "polygon",
                class_="c-med",
                fill="none",
                stroke=MEDIAN,
                stroke_width=1.5,
                stroke_dasharray="2 3",
                points=around([b.median for b in boxes]),
            ),
        )
    )


def _own(axes: Sequence[Axis]) -> Markup:
    """Closed when every axis is answered; otherwise lines between neighbours, so that a gap stays a gap."""
    points = [
        None if axis.you is None else _point(n, len(axes), tenth(axis.you)) for n, axis in enumerate(axes)
    ]
    known = [point for point in points if point is not None]
    dots = [
        element("circle", class_="c-you", cx=round(x, 1), cy=round(y, 1), r=3.5, fill=YOU) for x, y in known
    ]
    if len(known) == len(axes):
        outline = _written(known)
        return Markup("").join(
            (
                element("polygon", class_="c-area", fill=YOU, fill_opacity=0.1, points=outline),
                element(
                    "polygon",
                    class_="c-you-l",
                    fill="none",
                    stroke=YOU,
                    stroke_width=2,
                    stroke_linejoin="round",
                    points=outline,
                ),
                *dots,
            )
        )
    sides = [
        _segment(start, end, class_="c-you-l", stroke=YOU, stroke_width=2)
        for start, end in zip(points, points[1:] + points[:1], strict=True)
        if start is not None and end is not None
    ]
    return Markup("").join(sides + dots)


def _scale() -> Markup:
    """What the rim stands for; the scores themselves are printed at their axes."""
    return text(_WIDTH / 2 + 5, _HEIGHT / 2 - _RADIUS + 13, language.number(100), size=9.5, anchor="start")


def _names(axes: Sequence[Axis], show: Formatter) -> Markup:
    return Markup("").join(_name(axis, *_point(n, len(axes), 114), show) for n, axis in enumerate(axes))


def _name(axis: Axis, x: float, y: float, show: Formatter) -> Markup:
    aside = x - _WIDTH / 2
    anchor = "middle" if abs(aside) < 30 else "start" if aside > 0 else "end"
    top = y - (16 if y < _HEIGHT / 2 - _RADIUS else 0) + (8 if y > _HEIGHT / 2 + _RADIUS else 0)
    words = Markup("").join(
        (
            element("tspan", axis.code, class_="c-txt-b", font_weight=600, fill=INK),
            element("tspan", "–" if axis.you is None else show(axis.you), class_="c-txt-b", fill=INK, dx=5),
        )
    )
    return Markup("").join(
        (
            text(round(x, 1), round(top, 1), words, size=12.5, anchor=anchor, class_="c-txt-b", fill=INK),
            text(round(x, 1), round(top + 14, 1), axis.short, size=12, anchor=anchor),
        )
    )


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a history: what it is called ("2026"), your score, the peers' median of that edition."""

    words: str
    you: Number
    median: Number | None = None


_FLOOR, _TALL = 104, 88


def _height(value: Number) -> float:
    return _FLOOR - _TALL * float(value) / 100


def trend(
    rounds: Sequence[Round],
    *,
    label: str,
    median_words: str = "",
    width: int | None = None,
    show: Formatter = language.points,
) -> Markup:
    """Improving? Your scores as a line over the rounds, 0-100, the median dashed and named at its end."""
    ruler = Ruler(width)
    across = [
        ruler.at(50 if len(rounds) == 1 else 6 + 88 * n / (len(rounds) - 1)) for n in range(len(rounds))
    ]
    mine = [tenth(one.you) for one in rounds]
    theirs = [None if one.median is None else whole(one.median) for one in rounds]
    shapes = [
        level(ruler.at(0), ruler.at(100), _height(mark), class_="c-grid0", stroke=FAINT)
        for mark in (0, *THRESHOLDS, 100)
    ]
    shapes += _line(across, theirs, class_="c-med", stroke=MEDIAN, stroke_width=1.5, stroke_dasharray="2 3")
    shapes += _line(across, mine, class_="c-you-l", stroke=YOU, stroke_width=2.5)
    shapes += [
        _round(x, one, last=one is rounds[-1], show=show) for x, one in zip(across, rounds, strict=True)
    ]
    if median_words and theirs and theirs[-1] is not None:
        below = theirs[-1] <= mine[-1]
        shapes.append(
            text(across[-1], _height(theirs[-1]) + (15 if below else -8), median_words, anchor="end")
        )
    return ruler.canvas(_FLOOR + 20, *shapes, label=label, class_="trend-c")


def _line(
    across: Sequence[str], values: Sequence[Number | None], **attributes: Number | str | None
) -> list[Markup]:
    points = list(zip(across, values, strict=True))
    return [
        element("line", x1=x1, x2=x2, y1=_height(start), y2=_height(end), **attributes)
        for (x1, start), (x2, end) in pairwise(points)
        if start is not None and end is not None
    ]


def _round(x: str, one: Round, *, last: bool, show: Formatter) -> Markup:
    y = _height(tenth(one.you))
    above = one.median is None or whole(one.median) <= one.you
    return Markup("").join(
        (
            element("circle", class_="c-you", cx=x, cy=y, r=5.5 if last else 4, fill=YOU),
            text(x, y + (-10 if above else 19), show(one.you), size=12, bold=True, class_="c-lab", fill=YOU),
            text(x, _FLOOR + 17, one.words, fill=INK_2),
        )
    )
