"""A count that grows week by week, beside that of the time before."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from palier.foundation import language
from palier.foundation.charts.drawing import FAINT, INK_2, MEDIAN, YOU, Ruler, element, level, text

_FLOOR, _TALL = 124, 100


def cumulative(
    now: Sequence[int | None],
    before: Sequence[int | None],
    most: int,
    *,
    label: str,
    names: Sequence[str],
    width: int | None = None,
) -> Markup:
    """How far along? `now` as a line, `before` dashed, from 0 to `most`; both the last count and `most` are printed.

    `names`: of the weeks, one for each entry. None: not there yet, or over.
    """
    ruler = Ruler(width)
    count = max(len(now), len(before), 2)
    across = [ruler.at(4 + 92 * n / (count - 1)) for n in range(count)]
    shapes = [
        level(ruler.at(0), ruler.at(100), _height(most * part / 4, most), class_="c-grid0", stroke=FAINT)
        for part in range(5)
    ]
    shapes += [text(ruler.at(0), _FLOOR - _TALL - 5, language.number(most), anchor="start", fill=INK_2)]
    shapes += _line(
        across, before, most, class_="c-med", stroke=MEDIAN, stroke_width=1.5, stroke_dasharray="2 3"
    )
    shapes += _line(across, now, most, class_="c-you-l", stroke=YOU, stroke_width=2.5)
    shapes += _end(across, now, most)
    step = -(-count // 12)
    shapes += [
        text(x, _FLOOR + 17, name, fill=INK_2)
        for n, (x, name) in enumerate(zip(across, names, strict=False))
        if n % step == 0
    ]
    return ruler.canvas(_FLOOR + 22, *shapes, label=label, class_="trend-c")


def _height(value: float, most: int) -> float:
    return round(_FLOOR - _TALL * value / max(most, 1), 1)


def _line(
    across: Sequence[str], values: Sequence[int | None], most: int, **attributes: float | str
) -> list[Markup]:
    points = list(zip(across, values, strict=False))
    return [
        element("line", x1=x1, x2=x2, y1=_height(start, most), y2=_height(end, most), **attributes)
        for (x1, start), (x2, end) in pairwise(points)
        if start is not None and end is not None
    ]


def _end(across: Sequence[str], values: Sequence[int | None], most: int) -> list[Markup]:
    known = [(x, value) for x, value in zip(across, values, strict=False) if value is not None]
    if not known:
        return []
    x, value = known[-1]
    y = _height(value, most)
    return [
        element("circle", class_="c-you", cx=x, cy=y, r=4.5, fill=YOU),
        text(x, y - 10, language.number(value), size=12, bold=True, class_="c-lab", fill=YOU),
    ]
