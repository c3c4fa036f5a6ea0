"""An indicator's readings over time, between where it began and where it should go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from palier.foundation import language
from palier.foundation.charts.drawing import (
    FAINT,
    INK_2,
    MEDIAN,
    YOU,
    Formatter,
    Number,
    Ruler,
    element,
    level,
    text,
)

_TOP, _FLOOR = 22.0, 118.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value and its day."""

    on: date
    value: Number


def readings(
    points: Sequence[Reading],
    baseline: Number | None = None,
    target: Number | None = None,
    *,
    label: str,
    words: tuple[str, str] = ("", ""),
    show: Formatter = language.number,
    width: int | None = None,
) -> Markup:
    """Does it work? The values as a line by day, oldest first, the target dashed and the baseline thin.

    `words` name the baseline and the target at their lines. Nothing to draw without a point is the caller's to know.
    """
    ruler = Ruler(width)
    marks = [value for value in (baseline, target) if value is not None]
    low, high = _reach([*(point.value for point in points), *marks])
    shapes = [
        *_mark(ruler, baseline, words[0], (low, high), class_="c-grid0", stroke=FAINT),
        *_mark(
            ruler, target, words[1], (low, high), class_="c-med", stroke=MEDIAN, wide=1.5, dashes="2 3"
        ),
    ]  # fmt: skip
    places = _places(ruler, points, low, high)
    shapes += [
        element("line", x1=x1, x2=x2, y1=y1, y2=y2, class_="c-you-l", stroke=YOU, stroke_width=2.5)
        for (x1, y1), (x2, y2) in pairwise(places)
    ]
    shapes += [element("circle", class_="c-you", cx=x, cy=y, r=4, fill=YOU) for x, y in places]
    shapes += _ends(places, points, show)
    return ruler.canvas(int(_FLOOR) + 22, *shapes, label=label, class_="trend-c")


def _reach(values: Sequence[Number]) -> tuple[float, float]:
    low, high = float(min(values)), float(max(values))
    return (low, high) if high > low else (low - 1, high + 1)


def _height(value: Number, low: float, high: float) -> float:
    return round(_FLOOR - (_FLOOR - _TOP) * (float(value) - low) / (high - low), 1)


def _mark(
    ruler: Ruler, value: Number | None, words: str, reach: tuple[float, float], **attributes: Any
) -> list[Markup]:
    if value is None:
        return []
    y = _height(value, *reach)
    line = level(ruler.at(0), ruler.at(100), y, **attributes)
    return [line, text(ruler.at(0), y - 5, words, anchor="start", fill=INK_2)] if words else [line]


def _places(ruler: Ruler, points: Sequence[Reading], low: float, high: float) -> list[tuple[str, float]]:
    """The points by day between a left margin for the words and the right end."""
    span = (points[-1].on - points[0].on).days
    return [
        (
            ruler.at(94 if not span else 30 + 64 * (point.on - points[0].on).days / span),
            _height(point.value, low, high),
        )
        for point in points
    ]


def _ends(places: Sequence[tuple[str, float]], points: Sequence[Reading], show: Formatter) -> list[Markup]:
    """The last value beside its point; the first and the last day under the line."""
    last, y = places[-1]
    shapes = [
        text(last, y - 9, show(points[-1].value), size=12, bold=True, class_="c-lab", fill=YOU),
        text(last, _FLOOR + 18, language.day(points[-1].on, "short"), anchor="end", fill=INK_2),
    ]
    if len(points) > 2 or (points[-1].on - points[0].on).days:
        shapes.append(text(places[0][0], _FLOOR + 18, language.day(points[0].on, "short"), fill=INK_2))
    return shapes
